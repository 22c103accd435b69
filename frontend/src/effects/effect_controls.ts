/** The effect picker of a view, and the controls of the effect's parameters. */
import type { AnyModel, Host, RenderProps } from "@anywidget/types";
import type { View } from "../generated";
import { element, setText, widgetRoot } from "../kit/dom";
import { findModel, modelId, type Reference } from "../kit/reference";
import { saveThrottled } from "../kit/save_throttled";
import { findStream } from "../stream/stream";
import type { EffectTime, EffectTimeInit } from "./effect_time_messages";
import { chosenEffect, type EffectTraits, traitParameters } from "./effects";
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

class Controls {
  private readonly save: () => void;
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
    const values = traitParameters(view).map(({ name }) => name);
    for (const name of ["_effect_values", "_effect_images", ...values])
      this.on(name, () => this.parameters.update());
    for (const name of ["view", "effect", "_effects"]) {
      this.on(name, () => this.show());
      this.on(name, () => {
        this.took.hidden = true;
      });
    }
    this.show();
    void this.showTimes();
  }

  private show(): void {
    this.el.hidden = !this.always && this.view.get("view") !== "effect";
    this.parameters.show(chosenEffect(this.view));
  }

  private async showTimes(): Promise<void> {
    const found = await findStream(this.host, this.view.get("stream"));
    if (!found || this.signal.aborted) return;
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
      const effects = this.view.get("_effects");
      select.replaceChildren(
        ...effects.map(({ name, label }) => element("option", { value: name }, label)),
      );
      choose();
    };
    this.on("_effects", list);
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
