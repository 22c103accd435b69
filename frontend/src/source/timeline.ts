/** Pause and step buttons, and a slider over the available frames. */
import type { RenderProps } from "@anywidget/types";
import { button, element, setText, widgetRoot } from "../kit/dom";
import { fillTo, rangeElement } from "../kit/range";
import { findExports, type Reference } from "../kit/reference";
import { svgElement } from "../kit/svg";
import type { Source } from "./source";
import { addSourceKeys } from "./source_keys";
import type { TimelineState } from "./timeline_state";

interface Traits {
  webcam: Reference;
  loop: boolean;
}

/** The current position in words. */
export function place({ count, id, span, ago, video }: TimelineState, paused: boolean) {
  const seconds = (value: number) => value.toFixed(1);
  // A still image has no duration.
  if (count === 0 || (video && count === 1)) return "";
  if (video) return `frame ${id ?? "–"} of ${count - 1} · ${seconds(span)} s`;
  if (paused) {
    const when = ago < 0.05 ? "newest" : `−${seconds(ago)} s`;
    return `frame ${id ?? "–"} · ${when} of ${seconds(span)} s kept`;
  }
  return `live · ${seconds(span)} s kept`;
}

async function render({ model, el, signal, host }: RenderProps<Traits>) {
  const source = await findExports<Source>(host, model.get("webcam"));
  if (!source || signal.aborted) return;
  widgetRoot(el, "bodyseg-timeline", "bodyseg-in-page");
  const toggle = button("", () => source.togglePause(), "bodyseg-icon");
  const back = button("‹", () => source.step(-1), "bodyseg-icon");
  const on = button("›", () => source.step(1), "bodyseg-icon");
  back.setAttribute("aria-label", "Previous frame");
  on.setAttribute("aria-label", "Next frame");
  back.title = "Previous frame (← here, or comma anywhere)";
  on.title = "Next frame (→ here, or period anywhere)";
  const slider = rangeElement({ min: 0, max: 0, step: 1 }, "Frame");
  const text = element("span", { class: "bodyseg-place" });
  const loop = element("label", { class: "bodyseg-loop" }, element("input", { type: "checkbox" }));
  loop.append("loop");
  const box = loop.querySelector("input") as HTMLInputElement;
  el.append(toggle, back, on, slider, text, loop);

  const show = () => {
    const state = source.timeline();
    const { paused } = source;
    const { pause, steps } = source.controls;
    const name = pause.text;
    if (toggle.getAttribute("aria-label") !== name) {
      toggle.replaceChildren(icon(paused));
      toggle.setAttribute("aria-label", name);
      toggle.title = `${name} (space)`;
    }
    for (const control of [back, on, slider]) control.disabled = !steps;
    toggle.disabled = !pause.works;
    const last = Math.max(0, state.count - 1);
    const index = paused || state.video ? Math.max(0, state.index) : last;
    slider.max = String(last);
    if (Number(slider.value) !== index) slider.value = String(index);
    fillTo(slider, last ? index / last : 1);
    const said = steps ? place(state, paused) : "";
    setText(text, said);
    const playing = state.video ? "playing" : "live";
    // Screen readers announce each change, so it stays the same while playing.
    slider.setAttribute("aria-valuetext", paused ? said : playing);
    box.disabled = !source.controls.python;
    loop.hidden = !state.video || state.count < 2;
    box.checked = model.get("loop");
  };
  slider.addEventListener("input", () => {
    source.seek(Number(slider.value));
    show();
  });
  box.addEventListener("change", () => {
    model.set("loop", box.checked);
    model.save_changes();
  });
  addSourceKeys(el, source, signal);
  const onKey = (event: KeyboardEvent) => {
    // The slider handles them itself.
    if (event.target === slider || event.ctrlKey || event.metaKey || event.altKey) return;
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    source.step(by);
  };
  el.addEventListener("keydown", onKey, { signal });
  source.onState(show, signal);
  model.on("change:loop", show);
  show();
}

/** Two bars, or a triangle. */
function icon(paused: boolean): SVGElement {
  const path = svgElement("path", { d: paused ? "M2 1v10l9-5z" : "M2 1h3v10H2zM7 1h3v10H7z" });
  return svgElement("svg", { viewBox: "0 0 12 12", "aria-hidden": "true" }, path);
}

export default { render };
