/** What the kernel sends to pages, as it was built into the package. */

declare global {
  interface ImportMeta {
    glob(pattern: string, options: object): Record<string, string>;
  }
}

/** Their addresses. */
const BUILT = import.meta.glob("../../../bodyseg_widgets/{static,models/bundled}/*", {
  query: "?url",
  import: "default",
  eager: true,
});

/** The first byte of what gzip has compressed. */
const GZIP = 0x1f;

/** A file, uncompressed. */
export async function file(name: string): Promise<Blob> {
  const [, address] = Object.entries(BUILT).find(([path]) => path.endsWith(`/${name}`)) ?? [];
  if (!address) throw new Error(`${name} was not built`);
  const found = await (await fetch(address)).blob();
  // Vite says of some that they are encoded, and browsers decode them.
  const [first] = new Uint8Array(await found.slice(0, 1).arrayBuffer());
  if (first !== GZIP) return found;
  return new Response(found.stream().pipeThrough(new DecompressionStream("gzip"))).blob();
}
