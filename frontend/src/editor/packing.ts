/** Bytes in zlib's format, as masks are sent. */

/** Pack bytes. */
export function packed(data: Uint8Array): Promise<ArrayBuffer> {
  const stream = new Blob([data.slice()]).stream().pipeThrough(new CompressionStream("deflate"));
  return new Response(stream).arrayBuffer();
}

/** @throws if they are damaged */
export async function unpacked(data: DataView): Promise<Uint8Array> {
  const bytes = new Uint8Array(data.byteLength);
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
