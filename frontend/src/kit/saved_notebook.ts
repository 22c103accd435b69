/** What is said in a notebook that was saved without its kernel. */
export const SAVED = "This notebook was saved without its kernel. Run the cell to continue.";
