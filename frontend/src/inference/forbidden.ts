/** What a page says whose rules forbid running models in it. */
export const FORBIDDEN =
  "The rules of this page (its Content Security Policy) forbid running models in it: they would " +
  "have to allow script-src blob: 'wasm-unsafe-eval' and worker-src blob:. In a notebook, " +
  "choose another runtime.";
