export { default } from "../source/timeline";
