/** A module with one instruction of relaxed SIMD; LiteRT.js asks the same. */
const RELAXED_SIMD = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 15, 1, 13, 0, 65, 1, 253, 15,
  65, 2, 253, 15, 253, 128, 2, 11,
]);

/** Whether the browser runs relaxed SIMD; the compatible build takes as long with these models. */
export function hasRelaxedSimd(): Promise<boolean> {
  return WebAssembly.instantiate(RELAXED_SIMD).then(
    () => true,
    () => false,
  );
}
