import type { Category } from "../drawing/difference";
import type { Member } from "./difference_messages";

export function categoryName(what: Category, names: Record<Member, string>): string {
  return what === "both" || what === "neither" ? what : `only ${names[what]}`;
}
