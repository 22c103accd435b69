export { default } from "../view/segmentation_view";
