/** The controls of an effect: one for each parameter, as Python declares them. */
import type { AnyModel } from "@anywidget/types";
import type { ClassName, EffectSpec, ParameterSpec, ParameterValue } from "../generated";
import { button, element, setText } from "../kit/dom";
import { slider } from "../kit/range";
import { readBackground } from "./background_file";
import { ClassChooser } from "./class_chooser";
import type { ChosenClasses } from "./classes";
import {
  type EffectTraits,
  hasImage,
  isShown,
  type Setting,
  setImage,
  setSetting,
  settingOf,
} from "./effects";
import { asJpeg } from "./small_image";

/** Where a control goes: the picker's row, the group of switches there, or its own row. */
type Place = "head" | "switches" | "row";

/** Small controls are beside the picker; sliders have their own rows. */
const PLACES: Record<ParameterSpec["kind"], Place> = {
  number: "row",
  switch: "switches",
  choice: "head",
  color: "head",
  image: "head",
  background: "head",
  classes: "row",
};

type Spec<Kind extends ParameterSpec["kind"]> = Extract<ParameterSpec, { kind: Kind }>;

/** Steps of Page Up and Page Down, limited to this fraction of the range. */
const LEAP = 10;
const MAX_LEAP = 1 / 3;
/** Enough for ranges of a millionth. */
const MAX_DIGITS = 8;
/** Units as displayed; screen readers get the full word. */
const SHORT_UNITS = { "": "", pixels: "px" };
const TRANSPARENT = "transparent";

export class ParameterControls {
  /** The controls of a custom effect. */
  readonly el = element("div", { class: "bodyseg-custom" });
  private effect: EffectSpec | null = null;
  /** What the model tells apart. */
  private classes: readonly ClassName[] = [];
  /** The parameters whose checkboxes are unfolded. */
  private readonly opened = new Set<string>();
  /** Update the controls from the traits. */
  private updates: (() => void)[] = [];
  /** The controls and messages outside of `el`, of the view's own parameters. */
  private placed: HTMLElement[] = [];
  /** Errors of chosen files, above the sliders. */
  private messages: HTMLElement[] = [];
  /** By parameter, the last color before it became transparent or a file. */
  private readonly colors = new Map<string, string>();

  /**
   * @param headEnd the end of the picker's row; small controls of the view's own parameters go
   * before it
   */
  constructor(
    private readonly view: AnyModel<EffectTraits>,
    private readonly save: () => void,
    private readonly headEnd: HTMLElement,
  ) {}

  /** Show the controls of this effect; existing ones keep their focus. */
  show(effect: EffectSpec | null): void {
    const before = this.effect;
    this.effect = effect;
    if (JSON.stringify(effect?.parameters) !== JSON.stringify(before?.parameters))
      this.rebuild(effect?.parameters ?? []);
    this.update();
  }

  /** Show the controls for a model with these classes. */
  showClasses(classes: readonly ClassName[]): void {
    if (JSON.stringify(classes) === JSON.stringify(this.classes)) return;
    this.classes = classes;
    this.rebuild(this.effect?.parameters ?? []);
    this.update();
  }

  /** Show the current values. */
  update(): void {
    if (this.effect) for (const each of this.updates) each();
  }

  private rebuild(specs: ParameterSpec[]): void {
    this.updates = [];
    this.messages = [];
    for (const each of this.placed) each.remove();
    const head: HTMLElement[] = [];
    const rows: HTMLElement[] = [];
    const custom: HTMLElement[] = [];
    const switches = element("div", { class: "bodyseg-together bodyseg-switches" });
    for (const spec of specs) {
      const control = this.control(spec);
      const place = spec.trait ? PLACES[spec.kind] : "custom";
      if (place === "switches") {
        if (!switches.hasChildNodes()) head.push(switches);
        switches.append(control);
      } else ({ head, row: rows, custom })[place].push(control);
    }
    this.placed = [...head, ...this.messages, ...rows];
    this.headEnd.before(...head);
    this.el.before(...this.messages, ...rows);
    this.el.replaceChildren(...custom);
  }

  private control(spec: ParameterSpec): HTMLElement {
    const made = this.make(spec);
    if (spec.help) made.title = spec.help;
    if (spec.shown_if)
      this.updates.push(() => {
        made.hidden = !this.effect || !isShown(this.view, this.effect, spec);
      });
    return made;
  }

  private make(spec: ParameterSpec): HTMLElement {
    switch (spec.kind) {
      case "number":
        return spec.low === null ? this.field(spec) : this.slider(spec);
      case "switch":
        return this.input(spec, "checkbox", {
          read: (input) => input.checked,
          write: (input, value) => {
            input.checked = value === true;
          },
        });
      case "color":
        return this.color(spec);
      case "choice":
        return this.picker(spec);
      case "image":
        return this.image(spec);
      case "background":
        return this.background(spec);
      case "classes":
        return this.chooser(spec);
    }
  }

  private slider(spec: Spec<"number">): HTMLElement {
    const [min, max] = [Number(spec.low), Number(spec.high)];
    const step = spec.step ?? 1;
    const digits = spec.whole ? 0 : digitsOf(step);
    const { label, unit } = spec;
    const range = { min, max, step, leap: leapOf(min, max, step), digits };
    const { input, show } = slider(range, label, (value) => this.set(spec, value));
    const number = element("b");
    this.updates.push(() => {
      const value = Number(this.value(spec));
      const text = value.toFixed(digits);
      show(value, `${text} ${unit}`.trim());
      setText(number, `${text} ${SHORT_UNITS[unit]}`.trim());
    });
    const row = element("div", { class: "bodyseg-slider bodyseg-amount" });
    row.append(element("span", { title: label }, label), input, number);
    return row;
  }

  private field(spec: Spec<"number">): HTMLElement {
    const attributes = { step: spec.whole ? "1" : "any", class: "bodyseg-number" };
    return this.input(spec, "number", {
      attributes,
      read: (input) => (input.validity.valid && input.value ? input.valueAsNumber : null),
      write: (input, value) => {
        if (input.valueAsNumber !== value) input.value = String(value);
      },
    });
  }

  private input(
    spec: ParameterSpec,
    type: string,
    does: {
      attributes?: Record<string, string>;
      /** null while the input is incomplete */
      read(input: HTMLInputElement): ParameterValue | null;
      write(input: HTMLInputElement, value: Setting): void;
    },
  ): HTMLElement {
    const input = element("input", { type, ...does.attributes });
    input.addEventListener("input", () => {
      const value = does.read(input);
      if (value !== null) this.set(spec, value);
    });
    this.updates.push(() => does.write(input, this.value(spec)));
    const label = element("span", {}, spec.label);
    const inOrder = type === "checkbox" ? [input, label] : [label, input];
    return element("label", { class: "bodyseg-check" }, ...inOrder);
  }

  private color(spec: Spec<"color">): HTMLElement {
    if (spec.suggested !== null) return this.colorOrNone(spec, spec.suggested);
    // A color that depends on a switch is beside it and shares its label.
    if (spec.shown_if) return this.swatch(spec, spec.label);
    const input = this.swatch(spec);
    return element("label", { class: "bodyseg-check" }, element("span", {}, spec.label), input);
  }

  /** A checkbox and a color. */
  private colorOrNone(spec: Spec<"color">, suggested: string): HTMLElement {
    const box = element("input", { type: "checkbox" });
    const input = this.swatch(spec, `color to ${spec.label} with`);
    box.addEventListener("change", () => {
      const color = this.colors.get(spec.name) ?? suggested;
      this.set(spec, box.checked ? color : TRANSPARENT);
    });
    this.updates.push(() => {
      box.checked = this.value(spec) !== TRANSPARENT;
      input.hidden = !box.checked;
    });
    const label = element("span", {}, spec.label);
    const check = element("label", { class: "bodyseg-check" }, box, label);
    return element("div", { class: "bodyseg-together" }, check, input);
  }

  /** @param label for screen readers, if there is no visible one */
  private swatch(spec: ParameterSpec, label = ""): HTMLInputElement {
    const labels = label ? { "aria-label": label, title: label } : {};
    const input = element("input", { type: "color", class: "bodyseg-color", ...labels });
    input.addEventListener("input", () => this.set(spec, input.value));
    this.updates.push(() => {
      const color = this.value(spec);
      if (typeof color !== "string" || color === TRANSPARENT) return;
      input.value = color;
      this.colors.set(spec.name, color);
    });
    return input;
  }

  private picker(spec: Spec<"choice">): HTMLElement {
    const options = spec.options.map((option, index) =>
      element("option", { value: String(index) }, String(option)),
    );
    const select = element("select", { class: "bodyseg-select" }, ...options);
    select.addEventListener("change", () => {
      const option = spec.options[Number(select.value)];
      if (option !== undefined) this.set(spec, option);
    });
    this.updates.push(() => {
      select.value = String((spec.options as Setting[]).indexOf(this.value(spec)));
    });
    return element("label", { class: "bodyseg-check" }, spec.label, select);
  }

  private image(spec: ParameterSpec): HTMLElement {
    const { label } = spec;
    const wrong = element("span", { class: "bodyseg-wrong", role: "status" });
    const { choose, chooser } = fileButton(`${label}…`, "image/*", async (file) => {
      const { effect } = this;
      const jpeg = await asJpeg(file).catch(() => null);
      setText(wrong, jpeg ? "" : `${file.name} is not an image that this browser can read.`);
      if (jpeg) this.setImage(effect, spec, jpeg);
    });
    choose.title = `Choose an image for ${label}`;
    const remove = button("×", () => this.setImage(this.effect, spec, null));
    remove.setAttribute("aria-label", `Remove the image for ${label}`);
    remove.title = `Remove the image for ${label}`;
    this.updates.push(() => {
      remove.hidden = !this.effect || !hasImage(this.view, this.effect.name, spec);
    });
    return element("div", { class: "bodyseg-check" }, choose, chooser, remove, wrong);
  }

  /** A color, or a file instead. */
  private background(spec: Spec<"background">): HTMLElement {
    const wrong = element("p", { class: "bodyseg-wrong", role: "status" });
    this.messages.push(wrong);
    const input = this.swatch(spec, `${spec.label} color`);
    const color = element("label", { class: "bodyseg-check" }, "color", input);
    /** The last chosen file: an earlier one may take longer to read. */
    let chosen: File | null = null;
    const { choose, chooser } = fileButton("Image or video…", "image/*,video/*", async (file) => {
      chosen = file;
      try {
        const background = await readBackground(file);
        if (chosen === file) this.set(spec, background);
      } catch (error) {
        if (chosen === file) setText(wrong, error instanceof Error ? error.message : String(error));
      }
    });
    const back = button("Use a color", () => {
      this.set(spec, this.colors.get(spec.name) ?? spec.default);
      input.focus();
    });
    let shown: Setting | null = null;
    this.updates.push(() => {
      const background = this.value(spec);
      const isColor = typeof background === "string";
      color.hidden = !isColor;
      back.hidden = isColor;
      if (background !== shown) setText(wrong, "");
      shown = background;
    });
    return element("div", { class: "bodyseg-together" }, color, back, choose, chooser);
  }

  /** Checkboxes for the model's classes; nothing where it has none. */
  private chooser(spec: ParameterSpec): HTMLElement {
    if (this.classes.length === 0) return element("div");
    const chooser = new ClassChooser(spec.label, this.classes, (chosen) => this.set(spec, chosen));
    this.updates.push(() => chooser.show(this.value(spec) as ChosenClasses));
    const { el } = chooser;
    // As it was before another model was chosen.
    el.open = this.opened.has(spec.name);
    el.addEventListener("toggle", () => {
      if (el.open) this.opened.add(spec.name);
      else if (el.isConnected) this.opened.delete(spec.name);
    });
    return el;
  }

  private value(spec: ParameterSpec): Setting {
    return this.effect ? settingOf(this.view, this.effect.name, spec) : spec.default;
  }

  private set(spec: ParameterSpec, value: Setting): void {
    if (this.effect) setSetting(this.view, this.effect.name, spec, value);
    this.save();
  }

  private setImage(
    effect: EffectSpec | null,
    spec: ParameterSpec,
    image: ArrayBuffer | null,
  ): void {
    if (effect) setImage(this.view, effect.name, spec.name, image);
    this.save();
  }
}

/** A button that opens a file dialog. */
function fileButton(text: string, accept: string, take: (file: File) => Promise<void>) {
  const chooser = element("input", { type: "file", accept, hidden: "" });
  chooser.addEventListener("change", () => {
    const file = chooser.files?.[0];
    // So that the same file can be chosen again.
    chooser.value = "";
    if (file) void take(file);
  });
  return { choose: button(text, () => chooser.click()), chooser };
}

/** How far Page Up and Page Down move a slider. */
export function leapOf(min: number, max: number, step: number): number {
  return Math.min(LEAP, Math.max(1, Math.round(((max - min) * MAX_LEAP) / step))) * step;
}

/** How many decimal digits numbers with this step have; at most `MAX_DIGITS`. */
export function digitsOf(step: number): number {
  let digits = 0;
  for (
    let left = step;
    digits < MAX_DIGITS && Math.abs(left - Math.round(left)) > 1e-6 * left;
    left *= 10
  )
    digits += 1;
  return digits;
}
