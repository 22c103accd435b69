export { default } from "../source/webcam";
