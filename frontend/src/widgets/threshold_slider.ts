export { default } from "../view/threshold_slider";
