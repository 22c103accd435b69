export { default } from "../view/view_tabs";
