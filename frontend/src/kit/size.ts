export interface Size {
  width: number;
  height: number;
}

/** The size at which something is shown, in CSS pixels. */
export interface ShownSize extends Size {
  /** Pixels of the screen for each. */
  ratio: number;
}
