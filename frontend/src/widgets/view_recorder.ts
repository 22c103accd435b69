export { default } from "../record/view_recorder";
