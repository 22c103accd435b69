/** Return a unique id; crypto.randomUUID() needs HTTPS. */
export function randomId(): string {
  return [...crypto.getRandomValues(new Uint32Array(4))].map((part) => part.toString(36)).join("-");
}
