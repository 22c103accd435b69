export { default } from "../kit/live_figure";
