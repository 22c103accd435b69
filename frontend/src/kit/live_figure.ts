/** A plot: a plotly figure that Python updates. */
import type { AnyModel, RenderProps } from "@anywidget/types";
import type {
  FigureKernelMessage,
  FigureMessage,
  FigurePageMessage,
  ProgramPart,
} from "../generated";
import { button, element, setText, widgetRoot } from "./dom";
import { type FigureUpdate, merge, readUpdate, restyling } from "./figure_update";
import { type Hideable, reportHidden } from "./hidden";
import { randomId } from "./id";
import { type Camera, type Figure, keepCamera } from "./plot_camera";
import { giveUpLoading, loadPlotly, type Plotly } from "./plotly";

interface Traits {
  _plotly: string;
  _height: number;
}

/** Milliseconds without a word from the kernel after which the user may try again. */
export const SILENCE = 10_000;

interface FigureJson {
  data: unknown[];
  layout: { width?: number; height: number; scene?: { camera?: Camera } };
}

/** Returns at once, because anywidget waits two seconds only; the plot comes when it can. */
function render({ model, el, signal }: RenderProps<Traits>): void {
  const display = new FigureDisplay(model, el, signal);
  reportHidden(model as unknown as Hideable, el, signal);
  void display.load();
}

class FigureDisplay {
  private readonly figure = element("div", { class: "bodyseg-figure" });
  private readonly note: Note;
  private plotly: Plotly | null = null;
  /** What is to be drawn next; updates that came while one was drawn are one. */
  private next: { figure: FigureMessage | null; update: FigureUpdate | null };
  private isDrawing = false;
  /** Whether an update finds the figure that it is for. */
  private hasFigure = false;
  /** 0 while it is not laid out. */
  private width = 0;
  private drawnWidth = 0;
  private drawnHeight = 0;
  /** Without regard to its place. */
  private fullHeight = 0;
  private takeCamera: (() => void) | null = null;
  private camera = "";
  private trial = new AbortController();

  constructor(
    private readonly model: AnyModel<Traits>,
    private readonly el: HTMLElement,
    private readonly signal: AbortSignal,
  ) {
    this.next = { figure: null, update: null };
    this.note = new Note(model.get("_height"), () => this.tryAgain());
    el.classList.add("bodyseg-plot");
    el.append(this.note.element, this.figure);
    const onMessage = this.receive.bind(this);
    model.on("msg:custom", onMessage);
    const observer = new ResizeObserver(([entry]) => {
      this.width = Math.floor(entry?.contentRect.width ?? 0);
      // Later, because drawing changes the layout that is being observed.
      requestAnimationFrame(() => void this.draw());
    });
    observer.observe(el);
    signal.addEventListener("abort", () => {
      model.off("msg:custom", onMessage);
      observer.disconnect();
      this.trial.abort();
      this.note.rest();
      this.plotly?.purge(this.figure);
    });
  }

  async load(): Promise<void> {
    this.trial = new AbortController();
    const { signal } = this.trial;
    this.note.wait();
    try {
      this.plotly = await loadPlotly(
        this.model.get("_plotly"),
        (onShare, until) => this.fetchProgram(onShare, until),
        (share) => this.note.wait(share),
        signal,
      );
    } catch (error) {
      if (!signal.aborted) this.note.fail("The plot could not be loaded", error);
      return;
    }
    // Only now, so that it is the newest.
    this.send({ kind: "figure" });
  }

  private tryAgain(): void {
    this.trial.abort();
    giveUpLoading(this.model.get("_plotly"));
    void this.load();
  }

  private fetchProgram(onShare: (share: number) => void, signal: AbortSignal): Promise<Blob> {
    const request = randomId();
    const parts: DataView<ArrayBuffer>[] = [];
    return new Promise((resolve) => {
      const receive = (message: ProgramPart, [part]: DataView<ArrayBuffer>[]) => {
        if (message.kind !== "program" || message.request !== request || !part) return;
        parts.push(part);
        onShare(parts.length / message.parts);
        if (parts.length < message.parts) return;
        this.model.off("msg:custom", receive);
        resolve(new Blob(parts));
      };
      this.model.on("msg:custom", receive);
      signal.addEventListener("abort", () => this.model.off("msg:custom", receive));
      this.send({ kind: "program", request });
    });
  }

  private receive(message: FigureKernelMessage, buffers: DataView[]): void {
    if (!this.plotly) return;
    if (message.kind === "figure") {
      this.next = { figure: message, update: null };
      this.note.rest();
    } else if (message.kind === "update" && (this.hasFigure || this.next.figure)) {
      this.next.update = merge(this.next.update, readUpdate(message, buffers));
    }
    void this.draw();
  }

  private async draw(): Promise<void> {
    if (this.isDrawing || !this.plotly) return;
    this.isDrawing = true;
    try {
      while (this.width && !this.signal.aborted && (await this.drawNext(this.plotly))) {
        // Until nothing has come meanwhile.
      }
    } catch (error) {
      this.hasFigure = false;
      if (!this.signal.aborted) this.note.fail("The plot could not be drawn", error);
    } finally {
      this.isDrawing = false;
    }
  }

  /** Draw what is next; return whether there was anything. */
  private async drawNext(plotly: Plotly): Promise<boolean> {
    const { figure, update } = this.next;
    if (figure) {
      this.next.figure = null;
      await this.drawFigure(plotly, figure);
      this.answer(figure.update);
      return true;
    }
    if (!this.hasFigure) return false;
    if (update) {
      this.next.update = null;
      const { properties, places } = restyling(update);
      await plotly.update(this.figure, properties, update.layout, places);
      this.answer(update.update);
      return true;
    }
    const { width, height } = this;
    if (this.drawnWidth && (this.drawnWidth !== width || this.drawnHeight !== height)) {
      [this.drawnWidth, this.drawnHeight] = [width, height];
      await plotly.relayout(this.figure, { width, height });
      return true;
    }
    return false;
  }

  /** As high as it was made, or as its place allows. */
  private get height(): number {
    const limit = getComputedStyle(this.el).getPropertyValue("--bodyseg-plot-height");
    return limit ? Math.min(Number.parseFloat(limit), this.fullHeight) : this.fullHeight;
  }

  private async drawFigure(plotly: Plotly, message: FigureMessage): Promise<void> {
    const { data, layout }: FigureJson = JSON.parse(message.figure);
    // As wide as its place, unless it was given a width; plotly would observe the window only.
    this.drawnWidth = layout.width === undefined ? this.width : 0;
    layout.width ??= this.width;
    this.fullHeight = layout.height;
    this.drawnHeight = this.height;
    layout.height = this.drawnHeight;
    const camera = JSON.stringify(layout.scene?.camera);
    if (camera !== this.camera) this.takeCamera?.();
    this.camera = camera;
    this.note.hide();
    await plotly.react(this.figure, data, layout, message.config);
    if (this.signal.aborted) return;
    this.hasFigure = true;
    this.takeCamera ??= keepCamera(this.figure as unknown as Figure, (moved) => {
      this.camera = JSON.stringify(moved);
      this.send({ kind: "camera", camera: { ...moved } });
    });
    this.figure.dataset.bodysegDrawn = "true";
  }

  private answer(update: number): void {
    if (!this.signal.aborted) this.send({ kind: "drawn", update });
  }

  private send(message: FigurePageMessage): void {
    this.model.send(message);
  }
}

/** What stands in a plot's place: that it is on its way, or why it does not come. */
class Note {
  readonly element = element("div", { class: "bodyseg-plot-note" });
  private readonly text = element("span", { role: "status" });
  private readonly progress = element("progress", { "aria-label": "Loading the plot" });
  private readonly again: HTMLButtonElement;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(height: number, tryAgain: () => void) {
    this.again = button("Try again", tryAgain);
    widgetRoot(this.element);
    this.element.style.height = `${height}px`;
    this.element.append(this.progress, this.text, this.again);
  }

  /** It is on its way; of what is loaded, this share has come. */
  wait(share = 0): void {
    this.show("Loading the plot …");
    this.progress.value = share;
    this.timer = setTimeout(() => {
      setText(this.text, "Loading the plot. The kernel has not answered yet: it may be busy.");
      this.again.hidden = false;
    }, SILENCE);
  }

  fail(what: string, error: unknown): void {
    const why = error instanceof Error ? error.message : String(error);
    this.show(`${what}: ${why}`);
    this.progress.hidden = true;
    this.again.hidden = false;
  }

  /** Expect nothing any more. */
  rest(): void {
    clearTimeout(this.timer);
  }

  hide(): void {
    this.rest();
    this.element.hidden = true;
  }

  private show(text: string): void {
    this.rest();
    this.element.hidden = false;
    this.progress.hidden = false;
    this.again.hidden = true;
    setText(this.text, text);
  }
}

export default { render };
