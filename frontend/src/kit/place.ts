/** A place in an image, in fractions of what is visible, from its top left corner. */
export interface Place {
  x: number;
  y: number;
}
