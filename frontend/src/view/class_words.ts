/** What classes are called where people read it. */

/** A label in words: `left_face` is "left face". */
export function wordsOf(label: string): string {
  return label.replaceAll("_", " ");
}
