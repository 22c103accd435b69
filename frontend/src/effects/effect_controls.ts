/** The effect picker of a view, and the controls of the effect's parameters. */
import type { AnyModel, Host, RenderProps } from "@anywidget/types";
import type { ClassName, EffectSpec, View } from "../generated";
import { element, setText, widgetRoot } from "../kit/dom";
import { findModel, modelId, type Reference } from "../kit/reference";
import { saveThrottled } from "../kit/save_throttled";
import { findStream } from "../stream/stream";
import { isOffered } from "./classes";
import type { EffectTime, EffectTimeInit } from "./effect_time_messages";
import { chosenEffect, type EffectTraits, effectsOf, TRAIT_PARAMETERS } from "./effects";
import { ParameterControls } from "./parameter_controls";

interface Traits {
  view: Reference;
  _always: boolean;
}

/** The view's traits that are used here. */
interface ViewTraits extends EffectTraits {
  stream: Reference;
  view: View;
}

/** The heading of effects that the model cannot be used for. */
const NEEDS_PARTS = "For models with body parts, such as BodyPix";

class Controls {
  private readonly save: () => void;
  /** Fills the picker. */
  private list: (() => void) | null = null;
  /** What the stream's model tells apart. */
  private classes: ClassName[] = [];
  private readonly parameters: ParameterControls;
  /** The duration of a Python effect. */
  private readonly took = element("span", {
    class: "bodyseg-took",
    title: "Time that the effect takes for a frame",
    hidden: "",
  });

  constructor(
    private readonly el: HTMLElement,
    private readonly view: AnyModel<ViewTraits>,
    private readonly viewId: string,
    private readonly host: Host,
    private readonly always: boolean,
    private readonly signal: AbortSignal,
  ) {
    this.save = saveThrottled(view);
    const head = element("div", { class: "bodyseg-effect-head" }, this.picker(), this.took);
    this.parameters = new ParameterControls(view, this.save, this.took);
    el.append(head, this.parameters.el);
    const values = TRAIT_PARAMETERS.map(({ name }) => name);
    for (const name of ["_effect_values", "_effect_images", ...values])
      this.on(name, () => this.parameters.update());
    for (const name of ["view", "effect", "_custom_effects"]) {
      this.on(name, () => this.show());
      this.on(name, () => {
        this.took.hidden = true;
      });
    }
    this.show();
    void this.followStream();
  }

  /** The model, and so what can be chosen, is another one. */
  private showClasses(classes: ClassName[]): void {
    if (JSON.stringify(classes) === JSON.stringify(this.classes)) return;
    this.classes = classes;
    this.list?.();
    this.parameters.showClasses(classes);
  }

  private show(): void {
    this.el.hidden = !this.always && this.view.get("view") !== "effect";
    this.parameters.show(chosenEffect(this.view));
  }

  private async followStream(): Promise<void> {
    const found = await findStream(this.host, this.view.get("stream"));
    if (!found || this.signal.aborted) return;
    const { stream } = found;
    this.showClasses(stream.classes);
    stream.onState(() => this.showClasses(stream.classes), this.signal);
    const init: EffectTimeInit = { view: this.viewId };
    const port = found.source.display("effect_time", init, [], this.signal);
    port.onmessage = ({ data }: MessageEvent<EffectTime | null>) => {
      if (data && this.view.get("effect") !== data.effect) return;
      this.took.hidden = !data || chosenEffect(this.view)?.kind !== "python";
      if (data) setText(this.took, `${data.took.toFixed(1)} ms`);
    };
  }

  private picker(): HTMLElement {
    const attributes = { class: "bodyseg-select", "aria-label": "Effect", title: "Effect" };
    const select = element("select", attributes);
    select.addEventListener("change", () => {
      this.view.set("effect", select.value);
      this.save();
    });
    const choose = () => {
      select.value = this.view.get("effect");
    };
    const list = () => {
      const effects = effectsOf(this.view);
      const options = (given: EffectSpec[]) =>
        given.map(({ name, label }) => element("option", { value: name }, label));
      const offered = effects.filter((each) => isOffered(each, this.classes));
      const others = effects.filter((each) => !offered.includes(each));
      select.replaceChildren(...options(offered));
      if (others.length > 0) {
        const group = element("optgroup", { label: NEEDS_PARTS, disabled: "" });
        group.append(...options(others));
        select.append(group);
      }
      choose();
    };
    this.list = list;
    this.on("_custom_effects", list);
    this.on("effect", choose);
    list();
    return select;
  }

  /** Listen to a trait of the view until these controls are removed. */
  private on(name: string, callback: () => void): void {
    this.view.on(`change:${name}`, callback);
    this.signal.addEventListener("abort", () => this.view.off(`change:${name}`, callback));
  }
}

async function render({ model, el, signal, host }: RenderProps<Traits>) {
  widgetRoot(el, "bodyseg-effect");
  // Hidden until it is known whether they are needed.
  el.hidden = true;
  const reference = model.get("view");
  const view = await findModel<ViewTraits>(host, reference);
  if (view && !signal.aborted)
    new Controls(el, view, modelId(reference), host, model.get("_always"), signal);
}

export default { render };
