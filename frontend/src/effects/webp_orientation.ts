/** How a WebP file is turned: browsers follow the EXIF data of JPEG and PNG, and not of WebP. */

const HEAD_BYTES = 12;
const CHUNK_BYTES = 8;
const ENTRY_BYTES = 12;
const ORIENTATION = 0x01_12;

/** Return the EXIF orientation of a WebP file, 1 to 8; 1 for other files, and without EXIF data. */
export async function webpOrientation(file: Blob): Promise<number> {
  const head = new DataView(await file.slice(0, HEAD_BYTES).arrayBuffer());
  if (head.byteLength < HEAD_BYTES || text(head, 0) !== "RIFF" || text(head, 8) !== "WEBP")
    return 1;
  const data = new DataView(await file.arrayBuffer());
  for (let at = HEAD_BYTES; at + CHUNK_BYTES <= data.byteLength; ) {
    const length = data.getUint32(at + 4, true);
    const begin = at + CHUNK_BYTES;
    if (text(data, at) === "EXIF") {
      const end = Math.min(data.byteLength, begin + length);
      return exifOrientation(new DataView(data.buffer, begin, end - begin));
    }
    at = begin + length + (length % 2);
  }
  return 1;
}

function exifOrientation(exif: DataView): number {
  try {
    // Some programs write JPEG's mark before it.
    const base = text(exif, 0) === "Exif" ? 6 : 0;
    const little = text(exif, base).startsWith("II");
    const directory = base + exif.getUint32(base + 4, little);
    for (let left = exif.getUint16(directory, little), at = directory + 2; left; left -= 1) {
      if (exif.getUint16(at, little) === ORIENTATION) {
        const orientation = exif.getUint16(at + 8, little);
        return orientation >= 1 && orientation <= 8 ? orientation : 1;
      }
      at += ENTRY_BYTES;
    }
  } catch (error) {
    // Damaged metadata is ignored.
    if (!(error instanceof RangeError)) throw error;
  }
  return 1;
}

/** Four letters. */
function text(data: DataView, at: number): string {
  return String.fromCharCode(...Array.from({ length: 4 }, (_, each) => data.getUint8(at + each)));
}

/** Return the canvas transform that turns a stored image of this size upright. */
export function uprightTransform(orientation: number, width: number, height: number): DOMMatrix {
  const matrices: number[][] = [
    [1, 0, 0, 1, 0, 0],
    [-1, 0, 0, 1, width, 0],
    [-1, 0, 0, -1, width, height],
    [1, 0, 0, -1, 0, height],
    [0, 1, 1, 0, 0, 0],
    [0, 1, -1, 0, height, 0],
    [0, -1, -1, 0, height, width],
    [0, -1, 1, 0, 0, width],
  ];
  return new DOMMatrix(matrices[orientation - 1]);
}
