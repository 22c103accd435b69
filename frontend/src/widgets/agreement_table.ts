export { default } from "../compare/agreement_table";
