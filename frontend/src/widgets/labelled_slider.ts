export { default } from "../view/labelled_slider";
