export { default } from "../kit/menu_button";
