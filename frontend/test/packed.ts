/** Packs masks as the kernel does. */
import { zlibSync } from "fflate";

export function packed(levels: Uint8Array): DataView<ArrayBuffer> {
  const { buffer, byteOffset, byteLength } = zlibSync(levels, { level: 1 });
  return new DataView(buffer as ArrayBuffer, byteOffset, byteLength);
}
