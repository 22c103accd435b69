/** What is said of the pixel that is pointed at. */
import type { Category } from "../../drawing/difference";
import { categoryName } from "../category_name";
import type { Member } from "../difference_messages";

/** The readout of a pixel, in words. */
export function describePixel(
  names: Record<Member, string>,
  levels: Record<Member, number>,
  what: Category,
): string {
  const probability = (side: Member) => `${names[side]} ${(levels[side] / 255).toFixed(2)}`;
  const difference = (levels.a - levels.b) / 255;
  const size = Math.abs(difference).toFixed(2);
  const direction = difference > 0 ? "+" : "−";
  const sign = size === "0.00" ? "" : direction;
  const said = `${probability("a")} · ${probability("b")} · Δ ${sign}${size}`;
  return `${said}\n${categoryName(what, names)}`;
}
