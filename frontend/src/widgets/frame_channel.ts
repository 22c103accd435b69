export { default } from "../transport/frame_channel";
