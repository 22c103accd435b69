export { default } from "../kit/color_picker";
