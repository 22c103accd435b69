export { default } from "../record/saved_files";
