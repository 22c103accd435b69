export { default } from "../editor/mask_editor";
