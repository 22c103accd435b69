export { default } from "../compare/difference_view";
