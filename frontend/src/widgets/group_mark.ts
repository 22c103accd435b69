export { default } from "../kit/group_mark";
