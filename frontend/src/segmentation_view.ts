/** The picture with its mask. */
import type { AnyModel, RenderProps } from "@anywidget/types";
import { button, element, setText, widgetRoot } from "./dom";
import { Canvas2dRenderer } from "./drawing/canvas2d";
import { infernoCss } from "./drawing/inferno";
import type { Look, Renderer, View } from "./drawing/look";
import { WebGlRenderer } from "./drawing/webgl";
import { notice } from "./notice";
import { find } from "./page";
import { probabilityAt } from "./picture";
import type { Answered, Source } from "./source";
import type { Stream } from "./stream";
import { watchVisibility } from "./visibility";

interface Traits {
  _source: string;
  _stream: string;
  view: View;
  threshold: number;
  opacity: number;
  mirror: boolean;
}

/** Steps of the colour bar; enough that they cannot be told apart. */
const BAR_STEPS = 16;
/** How far an arrow key moves the probe, as a share of the picture. */
const PROBE_STEP = 0.01;
const PROBE_LEAP = 0.1;

class ViewElement {
  private readonly frame = element("div", { class: "bodyseg-frame" });
  private readonly probe = element("div", { class: "bodyseg-probe", hidden: "" });
  private readonly bar = colourBar();
  private readonly note = element("div", { class: "bodyseg-note", role: "status" });
  private canvas!: HTMLCanvasElement;
  private renderer!: Renderer;
  private shown: Answered | null = null;
  private visible = false;
  private scheduled = 0;
  /** Where the probe is, as shares of what is seen; null where there is none. */
  private pointer: { x: number; y: number } | null = null;

  constructor(
    private readonly model: AnyModel<Traits>,
    el: HTMLElement,
    private readonly source: Source,
    private readonly stream: Stream,
    private readonly signal: AbortSignal,
  ) {
    widgetRoot(el, "bodyseg-view");
    this.useRenderer((canvas) => WebGlRenderer.create(canvas) ?? null);
    this.frame.append(this.canvas, this.bar, this.probe, this.note);
    el.append(this.frame);

    source.watch(el, "view", signal);
    watchVisibility(el, (visible) => this.setVisible(visible), signal);
    source.onMask(model.get("_stream"), (answered) => this.show(answered), signal);
    source.onState(() => this.describe(), signal);
    stream.onState(() => this.describe(), signal);
    // Drawn at once, not with the next frame: whoever sends the change to the kernel, sends it
    // after the picture has changed.
    for (const name of ["view", "threshold", "opacity", "mirror"])
      model.on(`change:${name}`, () => this.draw());
    this.followPointer();
    this.describe();
    signal.addEventListener("abort", () => {
      cancelAnimationFrame(this.scheduled);
      this.shown?.picture.release();
      this.renderer.dispose();
    });
  }

  private useRenderer(create: (canvas: HTMLCanvasElement) => Renderer | null): void {
    const make = () =>
      element("canvas", {
        class: "bodyseg-canvas",
        width: "640",
        height: "480",
        tabindex: "0",
        role: "img",
      });
    const old = this.canvas;
    this.canvas = make();
    let renderer = create(this.canvas);
    if (!renderer) {
      // A canvas keeps the first kind of context it was asked for.
      this.canvas = make();
      renderer = Canvas2dRenderer.create(this.canvas);
    }
    this.renderer = renderer;
    this.canvas.dataset.renderer = renderer.name;
    old?.replaceWith(this.canvas);
    this.canvas.addEventListener("webglcontextlost", () => {
      if (this.signal.aborted) return;
      this.useRenderer(() => null);
      this.draw();
    });
  }

  private look(): Look {
    const { model } = this;
    return {
      view: model.get("view"),
      threshold: model.get("threshold"),
      opacity: model.get("opacity"),
      mirror: model.get("mirror"),
    };
  }

  private setVisible(visible: boolean): void {
    this.visible = visible;
    if (visible) this.draw();
  }

  private show(answered: Answered): void {
    const first = this.shown === null;
    this.shown?.picture.release();
    this.shown = { ...answered, picture: answered.picture.hold() };
    if (first) this.describe();
    if (!this.visible || this.scheduled) return;
    this.scheduled = requestAnimationFrame(() => {
      this.scheduled = 0;
      this.draw();
    });
  }

  private draw(): void {
    const { shown } = this;
    const look = this.look();
    this.bar.hidden = look.view !== "heatmap" || !shown;
    this.frame.classList.toggle("bodyseg-see-through", look.view === "cut-out");
    if (!shown || !this.visible) return;
    this.renderer.draw(shown, look);
    this.source.drawn(this.model.get("_stream"), shown.picture.frame);
    const { width, height } = shown.picture.bitmap;
    this.frame.style.aspectRatio = `${width} / ${height}`;
    this.readProbe();
  }

  private describe(): void {
    const { source, stream, note } = this;
    const said = notice(source.state, this.source, stream, this.shown !== null, location.hostname);
    const key = JSON.stringify(said);
    this.canvas.setAttribute("aria-label", `Picture with the mask of ${stream.label}`);
    if (note.dataset.said === key) return;
    note.dataset.said = key;
    note.hidden = said === null;
    if (said === null) {
      note.replaceChildren();
      return;
    }
    note.classList.toggle("bodyseg-strip", said.strip);
    note.replaceChildren(element("p", {}, said.text));
    if (said.busy) note.append(element("progress", { "aria-label": said.text }));
    const actions = said.actions.map((action) =>
      action === "start"
        ? button("Start", () => source.start(), "bodyseg-primary")
        : button("Use the sample picture", () => source.useSample()),
    );
    if (actions.length) note.append(element("div", { class: "bodyseg-actions" }, ...actions));
  }

  // --- the probability under the pointer

  private followPointer(): void {
    const { frame, signal } = this;
    const move = (x: number, y: number) => {
      this.pointer = { x: Math.min(Math.max(x, 0), 1), y: Math.min(Math.max(y, 0), 1) };
      this.readProbe();
    };
    const hide = () => {
      this.pointer = null;
      this.readProbe();
    };
    frame.addEventListener(
      "pointermove",
      (event) => {
        const box = frame.getBoundingClientRect();
        move((event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
      },
      { signal },
    );
    frame.addEventListener("pointerleave", hide, { signal });
    frame.addEventListener("focusout", hide, { signal });
    frame.addEventListener(
      "keydown",
      (event) => {
        if (event.target !== this.canvas) return;
        const step = event.shiftKey ? PROBE_LEAP : PROBE_STEP;
        const moves: Record<string, [number, number]> = {
          ArrowLeft: [-step, 0],
          ArrowRight: [step, 0],
          ArrowUp: [0, -step],
          ArrowDown: [0, step],
        };
        const by = moves[event.key];
        if (!by) return;
        event.preventDefault();
        event.stopPropagation();
        const { x, y } = this.pointer ?? { x: 0.5, y: 0.5 };
        move(x + by[0], y + by[1]);
      },
      { signal },
    );
  }

  private readProbe(): void {
    const { probe, pointer, shown } = this;
    probe.hidden = !pointer || !shown;
    if (!pointer || !shown) return;
    const u = this.model.get("mirror") ? 1 - pointer.x : pointer.x;
    setText(probe, `p = ${probabilityAt(shown.mask, u, pointer.y).toFixed(2)}`);
    probe.style.left = `${pointer.x * 100}%`;
    probe.style.top = `${pointer.y * 100}%`;
    probe.classList.toggle("bodyseg-probe-left", pointer.x > 0.8);
    probe.classList.toggle("bodyseg-probe-below", pointer.y < 0.15);
  }
}

function colourBar(): HTMLElement {
  const steps = Array.from({ length: BAR_STEPS + 1 }, (_, step) => infernoCss(step / BAR_STEPS));
  const scale = element("div", { class: "bodyseg-bar-scale" });
  scale.style.background = `linear-gradient(to top, ${steps.join(", ")})`;
  return element(
    "div",
    {
      class: "bodyseg-bar",
      hidden: "",
      role: "img",
      "aria-label": "Probability, 0 dark to 1 bright",
    },
    element("span", {}, "1"),
    scale,
    element("span", {}, "0"),
  );
}

async function render({ model, el, signal }: RenderProps<Traits>) {
  const [source, stream] = await Promise.all([
    find<Source>(model.get("_source")),
    find<Stream>(model.get("_stream")),
  ]);
  if (!signal.aborted) new ViewElement(model, el, source, stream, signal);
}

export default { render };
