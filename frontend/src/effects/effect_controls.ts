/** The picker of a view's effect, and the controls of what the chosen effect is made of. */
import type { AnyModel, Host, RenderProps } from "@anywidget/types";
import { BUILT_IN, type Effect } from "../drawing/effect";
import type { View } from "../drawing/look";
import { button, element, setText, widgetRoot } from "../kit/dom";
import { type Range, rangeOf } from "../kit/range";
import { findModel, modelId, type Reference } from "../kit/reference";
import { saver } from "../kit/save_throttled";
import { Seldom } from "../kit/throttle";
import { findStream } from "../stream/stream";
import { readBackground } from "./background_file";
import { type OwnTraits, ownEffect } from "./custom_effect";
import { OwnControls, titleOf } from "./custom_effect_controls";
import type { EffectTraits } from "./effect_traits";

interface Traits {
  view: Reference;
  _always: boolean;
}

/** What is used of the view. */
interface ViewTraits extends OwnTraits, EffectTraits {
  stream: Reference;
  view: View;
}

type Amount =
  | "background_blur_amount"
  | "edge_blur_amount"
  | "pixel_cell_width"
  | "opacity"
  | "mask_blur_amount"
  | "contour_width";
type Switch = "soft" | "decontaminate" | "draw_contour";
/** A colour, or nothing. */
type Side = "mask_foreground" | "mask_background";
type Parameter = Amount | Switch | Side | "background" | "contour_color";

/** What each effect is made of, besides the threshold. */
const PARAMETERS: Record<Effect, readonly Parameter[]> = {
  bokeh: ["background_blur_amount", "edge_blur_amount", "soft"],
  mask: [
    "mask_foreground",
    "mask_background",
    "opacity",
    "mask_blur_amount",
    "draw_contour",
    "contour_color",
    "contour_width",
  ],
  pixelated: ["pixel_cell_width", "opacity", "mask_blur_amount", "soft"],
  background: ["background", "edge_blur_amount", "soft", "decontaminate"],
};

const SWITCHES: Record<Switch, { label: string; title: string }> = {
  soft: {
    label: "soft",
    title: "Let the probability say how much of a person a pixel is, not the threshold",
  },
  decontaminate: {
    label: "clean edges",
    title: "Take the old background's colour out of soft edges",
  },
  draw_contour: { label: "contour", title: "Draw a line inside of people's outline" },
};

/** The colour that a side of the mask has when it is covered first. */
const SIDES: Record<Side, { label: string; colour: string }> = {
  mask_foreground: { label: "people", colour: "#00a3a3" },
  mask_background: { label: "the rest", colour: "#000000" },
};

/** What the picker calls them. */
const TITLES: Record<Effect, string> = {
  bokeh: "Bokeh",
  mask: "Mask",
  pixelated: "Pixelated mask",
  background: "Other background",
};

const BLUR: Range = { min: 0, max: 20, step: 0.5, leap: 5, digits: 1, unit: "pixels" };

const AMOUNTS: Record<Amount, { label: string; range: Range }> = {
  background_blur_amount: { label: "background blur", range: BLUR },
  edge_blur_amount: { label: "edge blur", range: BLUR },
  pixel_cell_width: {
    label: "cell width",
    range: { min: 1, max: 50, step: 1, leap: 10, digits: 0, unit: "pixels" },
  },
  opacity: {
    label: "mask opacity",
    range: { min: 0, max: 1, step: 0.01, leap: 0.1, digits: 2, unit: "" },
  },
  mask_blur_amount: { label: "mask blur", range: BLUR },
  contour_width: {
    label: "contour width",
    range: { min: 1, max: 10, step: 1, leap: 3, digits: 0, unit: "pixels" },
  },
};

/** How long a number stays, ms. */
const READABLE = 500;

class Controls {
  /** The elements of each parameter, which are shown with the effects that have it. */
  private readonly parts = new Map<Parameter, HTMLElement>();
  private readonly save: () => void;
  private readonly own: OwnControls;
  /** How long a Python effect takes. */
  private readonly took = element("span", {
    class: "bodyseg-took",
    title: "Time that the effect takes for a picture",
    hidden: "",
  });
  /** Why a chosen file cannot be the background. */
  private readonly wrong = element("p", { class: "bodyseg-wrong", role: "status" });
  /** What the background was before it was a file. */
  private colourBefore = "#00a3a3";
  /** The file that was chosen last: one chosen before may be read for longer. */
  private chosen: File | null = null;

  constructor(
    private readonly el: HTMLElement,
    private readonly view: AnyModel<ViewTraits>,
    private readonly viewId: string,
    private readonly host: Host,
    private readonly always: boolean,
    private readonly signal: AbortSignal,
  ) {
    this.save = saver(view);
    const head = element("div", { class: "bodyseg-effect-head" }, this.picker());
    const background = this.background();
    this.parts.set("background", background);
    const switches = (Object.keys(SWITCHES) as Switch[]).map((name) => {
      const box = this.switch(name);
      this.parts.set(name, box);
      return box;
    });
    const both = element("div", { class: "bodyseg-together bodyseg-switches" }, ...switches);
    const sides = (Object.keys(SIDES) as Side[]).map((name) => {
      const side = this.side(name);
      this.parts.set(name, side);
      return side;
    });
    const line = this.colourOf("contour_color", "contour colour");
    this.parts.set("contour_color", line);
    head.append(background, ...sides, both, line, this.took);
    el.append(head, this.wrong);
    for (const name of Object.keys(AMOUNTS) as Amount[]) {
      const slider = this.slider(name);
      this.parts.set(name, slider);
      el.append(slider);
    }
    this.own = new OwnControls(view, this.save);
    el.append(this.own.el);
    for (const name of ["_effect_values", "_effect_pictures"] as const)
      this.follow(name, () => this.own.follow());
    for (const name of ["view", "effect", "_own_effects", "soft", "draw_contour"] as const)
      this.follow(name, () => this.show());
    for (const name of ["view", "effect", "_own_effects"] as const)
      this.follow(name, () => {
        this.took.hidden = true;
      });
    void this.followTime();
  }

  private show(): void {
    this.el.hidden = !this.always && this.view.get("view") !== "effect";
    this.own.show(ownEffect(this.view));
    const effect = BUILT_IN.find((each) => each === this.view.get("effect"));
    const shown = effect ? PARAMETERS[effect] : this.givenToShader();
    for (const [name, part] of this.parts) part.hidden = !shown.includes(name);
    this.wrong.hidden = !shown.includes("background");
    // Soft edges before another background are not blurred once more: see replace_background.
    const edge = this.parts.get("edge_blur_amount");
    if (edge && effect === "background") edge.hidden = this.view.get("soft");
    for (const name of ["contour_color", "contour_width"] as const) {
      const part = this.parts.get(name);
      if (part && effect === "mask") part.hidden = !this.view.get("draw_contour");
    }
  }

  /** What of the view's parameters a shader reads. */
  private givenToShader(): readonly Parameter[] {
    const source = ownEffect(this.view)?.shader?.source ?? "";
    return /\bbackground\b/.test(source) ? ["background"] : [];
  }

  private async followTime(): Promise<void> {
    const found = await findStream(this.host, this.view.get("stream"));
    if (!found || this.signal.aborted) return;
    let milliseconds = 0;
    const show = () => setText(this.took, `${milliseconds.toFixed(1)} ms`);
    const seldom = new Seldom(show, READABLE, this.signal);
    const made = (effect: string, _: unknown, took: number) => {
      if (this.view.get("effect") !== effect) return;
      milliseconds = took;
      this.took.hidden = ownEffect(this.view)?.shader !== null;
      seldom.ask();
    };
    found.source.onMade(this.viewId, { made, failed: () => {} }, this.signal);
  }

  private picker(): HTMLElement {
    const attributes = { class: "bodyseg-select", "aria-label": "Effect", title: "Effect" };
    const select = element("select", attributes);
    select.addEventListener("change", () => this.set("effect", select.value));
    this.follow("_own_effects", () => {
      const own = this.view.get("_own_effects").map(({ name }) => [name, titleOf(name)] as const);
      const options = [...Object.entries(TITLES), ...own].map(([value, title]) =>
        element("option", { value }, title),
      );
      select.replaceChildren(...options);
      select.value = this.view.get("effect");
    });
    this.follow("effect", () => {
      select.value = this.view.get("effect");
    });
    return select;
  }

  private switch(name: Switch): HTMLElement {
    const { label, title } = SWITCHES[name];
    const box = element("input", { type: "checkbox" });
    box.addEventListener("change", () => this.set(name, box.checked));
    this.follow(name, () => {
      box.checked = this.view.get(name);
    });
    return element("label", { class: "bodyseg-check", title }, box, label);
  }

  /** Whether a side of the mask is covered, and in which colour. */
  private side(name: Side): HTMLElement {
    const { label, colour } = SIDES[name];
    const box = element("input", { type: "checkbox", "aria-label": `cover ${label}` });
    const input = this.colourOf(name, `colour over ${label}`);
    let before = colour;
    box.addEventListener("change", () => this.set(name, box.checked ? before : "transparent"));
    this.follow(name, () => {
      const now = this.view.get(name);
      box.checked = now !== "transparent";
      input.hidden = !box.checked;
      if (box.checked) before = now;
    });
    const title = `Whether the mask covers ${label}`;
    const check = element("label", { class: "bodyseg-check", title }, box, `cover ${label}`);
    return element("div", { class: "bodyseg-together" }, check, input);
  }

  private colourOf(name: Side | "contour_color", label: string): HTMLInputElement {
    const attributes = {
      type: "color",
      class: "bodyseg-colour",
      "aria-label": label,
      title: label,
    };
    const input = element("input", attributes);
    input.addEventListener("input", () => this.set(name, input.value));
    this.follow(name, () => {
      const now = this.view.get(name);
      if (now !== "transparent") input.value = now;
    });
    return input;
  }

  /** A colour, or a file in its place. */
  private background(): HTMLElement {
    const input = element("input", {
      type: "color",
      class: "bodyseg-colour",
      "aria-label": "background colour",
    });
    input.addEventListener("input", () => this.set("background", input.value));
    const colour = element("label", { class: "bodyseg-check" }, "colour", input);
    const files = element("input", { type: "file", accept: "image/*,video/*", hidden: "" });
    files.addEventListener("change", () => {
      const file = files.files?.[0];
      // Emptied, so that the same file can be chosen again.
      files.value = "";
      if (file) void this.take(file);
    });
    const choose = button("Picture or video…", () => files.click());
    const back = button("Back to a colour", () => {
      this.set("background", this.colourBefore);
      input.focus();
    });
    this.follow("background", () => {
      const background = this.view.get("background");
      const isColour = typeof background === "string";
      if (isColour) this.colourBefore = background;
      input.value = this.colourBefore;
      colour.hidden = !isColour;
      back.hidden = isColour;
      setText(this.wrong, "");
    });
    return element("div", { class: "bodyseg-together" }, colour, back, choose, files);
  }

  private async take(file: File): Promise<void> {
    this.chosen = file;
    try {
      const background = await readBackground(file);
      if (this.chosen === file) this.set("background", background);
    } catch (error) {
      if (this.chosen === file)
        setText(this.wrong, error instanceof Error ? error.message : String(error));
    }
  }

  private slider(name: Amount): HTMLElement {
    const { label, range } = AMOUNTS[name];
    const { input, off } = rangeOf(this.view, name, label, range);
    this.signal.addEventListener("abort", off);
    const number = element("b");
    this.follow(name, () => {
      const value = this.view.get(name).toFixed(range.digits);
      setText(number, range.unit ? `${value} px` : value);
    });
    const row = element("div", { class: "bodyseg-slider bodyseg-amount" });
    row.append(element("span", {}, label), input, number);
    return row;
  }

  private set<Name extends keyof ViewTraits>(name: Name, value: ViewTraits[Name]): void {
    this.view.set(name, value);
    this.save();
  }

  /** Do something now and when the view's trait changes; the view lives on after these. */
  private follow(name: keyof ViewTraits, what: () => void): void {
    this.view.on(`change:${name}`, what);
    this.signal.addEventListener("abort", () => this.view.off(`change:${name}`, what));
    what();
  }
}

async function render({ model, el, signal, host }: RenderProps<Traits>) {
  widgetRoot(el, "bodyseg-effect");
  // Until it is known whether they are wanted, they take no room.
  el.hidden = true;
  const reference = model.get("view");
  const view = await findModel<ViewTraits>(host, reference);
  if (view && !signal.aborted)
    new Controls(el, view, modelId(reference), host, model.get("_always"), signal);
}

export default { render };
