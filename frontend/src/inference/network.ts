/** Networks as pipelines use them, whatever runs them. */

/** The size of each axis, such as 1, 256, 256 and 3 of an image: rows, columns, red, green, blue. */
export type Shape = readonly number[];

/** A network with one input, loaded and ready to run. */
export interface Network {
  readonly input: Shape;
  /** In the file's order. */
  readonly outputs: readonly Shape[];
  /**
   * Run it once; one run at a time.
   *
   * @param input float32, row by row, as many as `input` takes; it may be changed and used again
   *   once the promise has resolved
   * @return float32, one array for each output, the caller's own
   */
  run(input: Float32Array): Promise<Float32Array[]>;
  /** Free it, after any running call. Calling it again does nothing. */
  dispose(): void;
}

/** Loads networks. */
export interface Networks {
  /**
   * Load a network onto the processor.
   *
   * @param model the content of a .tflite file
   * @throws if it cannot be compiled
   */
  load(model: Uint8Array): Promise<Network>;
  /** Likewise, also onto the graphics card if that is wanted. */
  loadFastest(model: Uint8Array): Promise<Network>;
}

/** How many numbers a tensor of this shape has. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((size, axis) => size * axis, 1);
}
