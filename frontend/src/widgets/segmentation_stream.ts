export { default } from "../stream/segmentation_stream";
