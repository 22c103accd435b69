/** The controls of an effect of a person's own: one for each parameter, as Python describes them. */
import type { AnyModel } from "@anywidget/types";
import { button, element, setText } from "../kit/dom";
import { fillRange, rangeElement } from "../kit/range";
import {
  hasPicture,
  type OwnEffect,
  type OwnTraits,
  type ParameterSpec,
  parameterValue,
  setPicture,
  setValue,
  type Value,
} from "./custom_effect";
import { asJpeg } from "./small_picture";

type NumberSpec = Extract<ParameterSpec, { kind: "number" }>;

/** Page Up and Page Down go so many steps. */
const LEAP = 10;
/** Enough for ranges of a millionth. */
const MOST_DIGITS = 8;

export class OwnControls {
  readonly el = element("div", { class: "bodyseg-own" });
  private effect: OwnEffect | null = null;
  /** Bring each control up to what the traits say. */
  private following: (() => void)[] = [];

  constructor(
    private readonly view: AnyModel<OwnTraits>,
    private readonly save: () => void,
  ) {}

  /** Show the controls of this effect; those that are there stay, with their focus. */
  show(effect: OwnEffect | null): void {
    if (JSON.stringify(effect?.parameters) !== JSON.stringify(this.effect?.parameters)) {
      this.following = [];
      this.el.replaceChildren(...(effect?.parameters ?? []).map((spec) => this.control(spec)));
    }
    this.effect = effect;
    this.follow();
  }

  /** Show the values that the traits have now. */
  follow(): void {
    if (this.effect) for (const each of this.following) each();
  }

  private control(spec: ParameterSpec): HTMLElement {
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
        return this.input(spec, "color", {
          read: (input) => input.value,
          write: (input, value) => {
            input.value = String(value);
          },
        });
      case "choice":
        return this.picker(spec);
      case "picture":
        return this.picture(spec);
    }
  }

  private slider(spec: NumberSpec): HTMLElement {
    const [min, max] = [Number(spec.low), Number(spec.high)];
    const step = spec.step ?? 1;
    const digits = spec.whole ? 0 : digitsOf(step);
    const label = titleOf(spec.name);
    const input = rangeElement({ min, max, step }, label);
    const number = element("b");
    // Rounded first: an end of the range need not be a whole number of steps from the other one.
    const set = (value: number) =>
      this.set(spec, Math.min(Math.max(Number(value.toFixed(digits)), min), max));
    input.addEventListener("input", () => set(Number(input.value)));
    input.addEventListener("keydown", (event) => {
      const by = { PageUp: LEAP * step, PageDown: -LEAP * step }[event.key];
      if (by === undefined) return;
      event.preventDefault();
      set(Number(this.value(spec)) + by);
    });
    this.following.push(() => {
      const value = Number(this.value(spec));
      fillRange(input, value, value.toFixed(digits));
      setText(number, value.toFixed(digits));
    });
    const row = element("div", { class: "bodyseg-slider bodyseg-amount" });
    row.append(element("span", { title: label }, label), input, number);
    return row;
  }

  private field(spec: NumberSpec): HTMLElement {
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
      /** null while it is none yet, as when a number is being written */
      read: (input: HTMLInputElement) => Value | null;
      write: (input: HTMLInputElement, value: Value) => void;
    },
  ): HTMLElement {
    const attributes = type === "color" ? { class: "bodyseg-colour" } : does.attributes;
    const input = element("input", { type, ...attributes });
    input.addEventListener("input", () => {
      const value = does.read(input);
      if (value !== null) this.set(spec, value);
    });
    this.following.push(() => does.write(input, this.value(spec)));
    const label = element("span", {}, titleOf(spec.name));
    const inOrder = type === "checkbox" ? [input, label] : [label, input];
    return element("label", { class: "bodyseg-check" }, ...inOrder);
  }

  private picker(spec: Extract<ParameterSpec, { kind: "choice" }>): HTMLElement {
    const options = spec.options.map((option, index) =>
      element("option", { value: String(index) }, String(option)),
    );
    const select = element("select", { class: "bodyseg-select" }, ...options);
    select.addEventListener("change", () => {
      const option = spec.options[Number(select.value)];
      if (option !== undefined) this.set(spec, option);
    });
    this.following.push(() => {
      select.value = String(spec.options.indexOf(this.value(spec)));
    });
    return element("label", { class: "bodyseg-check" }, titleOf(spec.name), select);
  }

  private picture(spec: ParameterSpec): HTMLElement {
    const title = titleOf(spec.name);
    const chooser = element("input", { type: "file", accept: "image/*", hidden: "" });
    const wrong = element("span", { class: "bodyseg-wrong", role: "status" });
    chooser.addEventListener("change", async () => {
      const [file] = chooser.files ?? [];
      // Chosen once more, the same file is a change again.
      chooser.value = "";
      if (!file) return;
      const { effect } = this;
      const jpeg = await asJpeg(file).catch(() => null);
      setText(wrong, jpeg ? "" : `${file.name} is no picture that this browser can read.`);
      if (jpeg) this.setPicture(effect, spec, jpeg);
    });
    const choose = button(`${title}…`, () => chooser.click());
    choose.title = `Choose a picture for ${title}`;
    const away = button("×", () => this.setPicture(this.effect, spec, null));
    away.setAttribute("aria-label", `Take the picture of ${title} away`);
    away.title = `Take the picture of ${title} away`;
    this.following.push(() => {
      away.hidden = !this.effect || !hasPicture(this.view, this.effect.name, spec);
    });
    return element("div", { class: "bodyseg-check" }, choose, chooser, away, wrong);
  }

  private value(spec: ParameterSpec): Value {
    return this.effect ? parameterValue(this.view, this.effect.name, spec) : spec.default;
  }

  private set(spec: ParameterSpec, value: Value): void {
    if (this.effect) setValue(this.view, this.effect.name, spec.name, value);
    this.save();
  }

  private setPicture(
    effect: OwnEffect | null,
    spec: ParameterSpec,
    picture: ArrayBuffer | null,
  ): void {
    if (effect) setPicture(this.view, effect.name, spec.name, picture);
    this.save();
  }
}

/** A name of Python's as people write it. */
export function titleOf(name: string): string {
  return name.replaceAll("_", " ").trim();
}

/** How many digits after the point a number has that goes in such steps; `MOST_DIGITS` at most. */
export function digitsOf(step: number): number {
  let digits = 0;
  for (
    let left = step;
    digits < MOST_DIGITS && Math.abs(left - Math.round(left)) > 1e-6 * left;
    left *= 10
  )
    digits += 1;
  return digits;
}
