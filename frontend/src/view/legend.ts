/** Under an image: what its colors stand for, and which of them are used. */
import { classColors, personColor } from "../drawing/class_colors";
import type { Color } from "../drawing/color";
import type { ClassName, Palette } from "../generated";
import { element, setText } from "../kit/dom";
import { wordsOf } from "./class_words";

/** What is to be shown. */
export interface LegendLook {
  view: string;
  classes: readonly ClassName[];
  palette: Palette;
  /** The label of the class whose heatmap is shown; empty for a person. */
  heatmapOf: string;
  /** The classes or people in the picture: see the news of a view. */
  seen: readonly number[];
}

const PALETTE_NAMES: Record<Palette, string> = {
  rainbow: "Rainbow",
  colorblind: "For color-blind people",
};
const PERSON = "person";

/** A picker with a label before it. */
function picker(label: string, choose: (value: string) => void) {
  const select = element("select", { class: "bodyseg-select" });
  select.addEventListener("change", () => choose(select.value));
  const el = element("label", { class: "bodyseg-key-picker" }, element("span", {}, label), select);
  return { el, select };
}

function option(value: string, text: string): HTMLOptionElement {
  return element("option", { value }, text);
}

export class Legend {
  readonly el = element("div", { class: "bodyseg-key bodyseg-in-page", hidden: "" });
  private readonly list = element("ul");
  private readonly palette;
  private readonly heatmap;
  /** What the list and the picker of classes hold. */
  private readonly held = { list: "", classes: "" };

  /**
   * @param choosePalette called when another palette is picked
   * @param chooseClass called when another class is picked for the heatmap; empty for a person
   */
  constructor(choosePalette: (palette: Palette) => void, chooseClass: (label: string) => void) {
    this.palette = picker("Colors", (value) => choosePalette(value as Palette));
    this.palette.select.append(
      ...Object.entries(PALETTE_NAMES).map(([value, text]) => option(value, text)),
    );
    this.heatmap = picker("Heatmap of", chooseClass);
    this.el.append(this.heatmap.el, this.list, this.palette.el);
    // Keys scroll it where it has to be scrolled, and pass over it elsewhere.
    new ResizeObserver(() => {
      const { scrollHeight, clientHeight } = this.list;
      this.list.tabIndex = scrollHeight > clientHeight ? 0 : -1;
    }).observe(this.list);
  }

  show(look: LegendLook): void {
    const { view, classes, palette, heatmapOf } = look;
    const isColored = view === "parts" || view === "people";
    const isHeatmap = view === "heatmap" && classes.length > 0;
    this.el.hidden = !isColored && !isHeatmap;
    this.list.hidden = !isColored;
    this.palette.el.hidden = !isColored;
    this.heatmap.el.hidden = !isHeatmap;
    if (isColored) {
      this.palette.select.value = palette;
      this.list.setAttribute("aria-label", view === "parts" ? "Colors of classes" : "People");
      this.showList(view === "parts" ? ofClasses(look) : ofPeople(look));
    }
    if (isHeatmap) {
      this.offer(classes);
      this.heatmap.select.value = classes.some(({ name }) => name === heatmapOf) ? heatmapOf : "";
    }
  }

  private showList(entries: readonly Entry[]): void {
    const { list, held } = this;
    const named = JSON.stringify(entries.map(({ name, color }) => [name, color]));
    if (named !== held.list) {
      held.list = named;
      list.replaceChildren(...entries.map(item));
    }
    entries.forEach(({ isSeen }, at) => {
      const entry = list.children[at];
      entry?.classList.toggle("bodyseg-absent", !isSeen);
      const said = entry?.querySelector("span");
      if (said) setText(said, isSeen ? "" : ", not in the picture");
    });
  }

  private offer(classes: readonly ClassName[]): void {
    const known = JSON.stringify(classes);
    if (known === this.held.classes) return;
    this.held.classes = known;
    this.heatmap.select.replaceChildren(
      option("", PERSON),
      ...classes.map(({ name }) => option(name, wordsOf(name))),
    );
  }
}

interface Entry {
  name: string;
  color: Color;
  isSeen: boolean;
}

function ofClasses({ classes, palette, seen }: LegendLook): Entry[] {
  const names = new Map(classes.map(({ value, name }) => [value, name]));
  return [...classColors(classes, palette)].map(([value, color]) => ({
    name: wordsOf(names.get(value) ?? ""),
    color,
    isSeen: seen.includes(value),
  }));
}

function ofPeople({ palette, seen }: LegendLook): Entry[] {
  return [...seen]
    .sort((a, b) => a - b)
    .map((number) => ({
      name: `${PERSON} ${number}`,
      color: personColor(number, palette),
      isSeen: true,
    }));
}

function item({ name, color }: Entry): HTMLElement {
  const swatch = element("i", { "aria-hidden": "true" });
  swatch.style.background = `rgb(${color.join(" ")})`;
  return element("li", {}, swatch, name, element("span", { class: "bodyseg-spoken" }));
}
