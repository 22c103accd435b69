/** Checkboxes for a model's classes: body parts in rows of left and right, others side by side. */
import type { ClassName } from "../generated";
import { button, element, setText } from "../kit/dom";
import { type ChosenClasses, chosenClasses, classesOfGroup } from "./classes";

type Column = "left" | "right" | "whole";

/** Where the checkbox of a class stands. */
export interface ClassPlace {
  /** The part of the body; empty for a class by itself. */
  part: string;
  column: Column;
  /** The label beside the checkbox. */
  label: string;
}

/** How many names the summary lists. */
const MOST_NAMES = 2;

/** A label as words. */
function inWords(name: string): string {
  return name.replaceAll("_", " ");
}

/** The place of a class, from its name: `left_upper_arm_front`, `torso_back`, `hair`. */
export function placeOf(name: string): ClassPlace {
  const words = name.split("_");
  const [first = "", last = ""] = [words[0], words.at(-1)];
  const side = first === "left" || first === "right" ? first : null;
  const facing = last === "front" || last === "back" ? last : null;
  const part = words.slice(side ? 1 : 0, facing ? -1 : words.length).join(" ");
  if (part === "" || (!side && !facing)) return { part: "", column: "whole", label: inWords(name) };
  const label = [side, facing].filter(Boolean).join(" ");
  // Front and back of a part without sides share its row.
  return { part, column: side ?? (facing === "back" ? "right" : "left"), label };
}

/** What is chosen, in a few words. */
export function summaryOf(classes: readonly ClassName[], chosen: ChosenClasses): string {
  const found = chosenClasses(classes, chosen) ?? [];
  if (found.length === 0) return "none";
  if (found.length === classesOfGroup(classes, "all").length) return "all";
  if (found.length <= MOST_NAMES) return found.map(({ name }) => inWords(name)).join(", ");
  return `${found.length} of ${classesOfGroup(classes, "all").length}`;
}

/** A list that opens, with a checkbox for each class of the model. */
export class ClassChooser {
  readonly el: HTMLDetailsElement;
  private readonly summary = element("b", { class: "bodyseg-class-summary" });
  private readonly boxes = new Map<string, HTMLInputElement>();
  private chosen: ChosenClasses = [];

  constructor(
    label: string,
    private readonly classes: readonly ClassName[],
    private readonly choose: (chosen: string | string[]) => void,
  ) {
    const groups = element("div", { class: "bodyseg-class-groups" });
    if (classesOfGroup(classes, "faces").length > 0)
      groups.append(button("Faces", () => this.choose("faces")));
    groups.append(
      button("All", () => this.choose("all")),
      button("None", () => this.choose([])),
    );
    this.el = element(
      "details",
      { class: "bodyseg-classes" },
      element("summary", {}, element("span", {}, label), this.summary),
      element(
        "fieldset",
        {},
        element("legend", { class: "bodyseg-spoken" }, label),
        groups,
        this.rows(),
      ),
    );
  }

  /** Show what is chosen. */
  show(chosen: ChosenClasses): void {
    this.chosen = chosen;
    const names = new Set(chosenClasses(this.classes, chosen)?.map(({ name }) => name));
    for (const [name, box] of this.boxes) box.checked = names.has(name);
    setText(this.summary, summaryOf(this.classes, chosen));
  }

  private rows(): HTMLElement {
    const list = element("div", { class: "bodyseg-class-rows" });
    const alone = element("div", { class: "bodyseg-class-others" });
    const parts = new Map<string, Record<"left" | "right", HTMLElement>>();
    for (const { name } of classesOfGroup(this.classes, "all")) {
      const { part, column, label } = placeOf(name);
      const box = this.box(name, label);
      if (column === "whole") {
        alone.append(box);
        continue;
      }
      let columns = parts.get(part);
      if (!columns) {
        columns = { left: element("div"), right: element("div") };
        parts.set(part, columns);
        list.append(
          element("span", { class: "bodyseg-class-part" }, part),
          columns.left,
          columns.right,
        );
      }
      columns[column].append(box);
    }
    return element("div", {}, ...[list, alone].filter((each) => each.hasChildNodes()));
  }

  private box(name: string, label: string): HTMLElement {
    const box = element("input", { type: "checkbox", "aria-label": inWords(name) });
    box.addEventListener("change", () => this.toggle(name, box.checked));
    this.boxes.set(name, box);
    return element("label", {}, box, label);
  }

  private toggle(name: string, isOn: boolean): void {
    const { classes, chosen } = this;
    const here = (chosenClasses(classes, chosen) ?? []).map((each) => each.name);
    // Those of other models stay chosen.
    const there =
      typeof chosen === "string"
        ? []
        : chosen.filter((each) => !classes.some((own) => own.name === each));
    const others = here.filter((each) => each !== name);
    this.choose([...there, ...others, ...(isOn ? [name] : [])]);
  }
}
