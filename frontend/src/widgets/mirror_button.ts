export { default } from "../source/mirror_button";
