/** Planes of numbers at the size of the whole image, as `WholeEnlarger` has probabilities. */
import type { Mask } from "../source/mask";
import { PlaneEnlarger } from "./number_plane";
import { seenRegion } from "./pixels";

export class WholePlaneEnlarger {
  private readonly enlarger = new PlaneEnlarger();
  private whole = new Uint8Array(0);

  /** The plane at the image's size, 0 outside of its region; see `PlaneEnlarger.enlarge`. */
  enlarge(mask: Mask, plane: Uint8Array, width: number, height: number): Uint8Array {
    const region = seenRegion(mask, width, height, false);
    const all = width * height;
    const inside = this.enlarger.enlarge(mask, plane, region.width, region.height);
    if (region.width * region.height === all) return inside;
    if (this.whole.length === all) this.whole.fill(0);
    else this.whole = new Uint8Array(all);
    for (let y = 0; y < region.height; y += 1) {
      const row = inside.subarray(y * region.width, (y + 1) * region.width);
      this.whole.set(row, (region.top + y) * width + region.left);
    }
    return this.whole;
  }
}
