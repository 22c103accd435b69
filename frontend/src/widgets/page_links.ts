export { default } from "../kit/page_links";
