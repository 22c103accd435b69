export { default } from "../effects/effect_controls";
