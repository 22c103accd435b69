/** Format a size: 0 kB, 512 kB, 1.5 MB. */
export function fileSize(bytes: number): string {
  return bytes < 1e6 ? `${Math.round(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
