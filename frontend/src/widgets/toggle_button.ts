export { default } from "../kit/toggle_button";
