/** An id that nothing else has: crypto.randomUUID() is not there on pages without HTTPS. */
export function randomId(): string {
  return [...crypto.getRandomValues(new Uint32Array(4))].map((part) => part.toString(36)).join("-");
}
