export { default } from "../view/timing_readout";
