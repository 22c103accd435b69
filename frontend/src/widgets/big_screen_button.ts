export { default } from "../kit/big_screen_button";
