/** The image with the differences between two streams' masks. */
import type { AnyModel, Host, RenderProps } from "@anywidget/types";
import {
  CATEGORY_COLORS,
  type Category,
  category,
  type DifferenceLook,
  differenceColor,
  type Shares,
} from "../drawing/difference";
import { DifferencePainter, type Pair } from "../drawing/difference_painter";
import { now } from "../kit/clock";
import { element, setText, widgetRoot } from "../kit/dom";
import { onPointer, type Place } from "../kit/pointer";
import { findExports, findModel, type Reference } from "../kit/reference";
import { Throttle } from "../kit/throttle";
import { onVisibility } from "../kit/visibility";
import type { MaskedImage, Source } from "../source/source";
import { addSourceKeys } from "../source/source_keys";
import { type FoundStream, findStream, type Stream } from "../stream/stream";
import { HoverReadout, spoken } from "../view/hover_readout";
import { KEYS } from "../view/image_label";
import { announcer, frameNumber, imageCanvas } from "../view/image_parts";
import { type Message, MessageBox, messageFor } from "../view/message";
import { type Member, Pairs } from "./pairs";

interface Traits {
  _webcam: Reference;
  /** Two views. */
  a: Reference;
  b: Reference;
  names: string[];
  view: DifferenceLook["view"];
  opacity: number;
  mirror: boolean;
  frame_number: boolean;
}

/** The traits of a compared view that are used here. */
interface ViewTraits {
  stream: Reference;
  threshold: number;
}

/** One of the two compared views. */
interface Compared {
  stream: Pick<Stream, "label" | "state" | "message">;
  threshold(): number;
}

/** In place of a view that is not there. */
function unavailable(message: string): Compared {
  return { stream: { label: "", state: "failed", message }, threshold: () => 1 };
}

const CLOSED = unavailable("It was closed. Choose another one.");

const NO_COMMON_FRAME = 'No common frame yet. Turn on "Same frame".';
/** In the legend from left to right. */
const CATEGORIES = ["both", "a", "b", "neither"] as const;
/** Steps of the color bar on either side: enough to look continuous. */
const BAR_STEPS = 8;
/** ms between the legend's updates: numbers that change faster cannot be read. */
const INTERVAL = 100;

/** The readout of a pixel, in words. */
export function describePixel(
  names: Record<Member, string>,
  levels: Record<Member, number>,
  what: Category,
): string {
  const probability = (side: Member) => `${names[side]} ${(levels[side] / 255).toFixed(2)}`;
  const difference = (levels.a - levels.b) / 255;
  const size = Math.abs(difference).toFixed(2);
  const direction = difference > 0 ? "+" : "−";
  const sign = size === "0.00" ? "" : direction;
  const said = `${probability("a")} · ${probability("b")} · Δ ${sign}${size}`;
  return `${said}\n${categoryName(what, names)}`;
}

function categoryName(what: Category, names: Record<Member, string>): string {
  return what === "both" || what === "neither" ? what : `only ${names[what]}`;
}

/** The categories' colors, names and shares, under the image. */
class Legend {
  readonly el = element("ul", { class: "bodyseg-shares", "aria-label": "Shares of the image" });
  private readonly names = new Map<Category, HTMLElement>();
  private readonly numbers = new Map<Category, HTMLElement>();
  private shares: Shares | null = null;
  private readonly writing: Throttle;

  constructor(signal: AbortSignal) {
    this.writing = new Throttle(() => this.write(), INTERVAL, signal);
    for (const each of CATEGORIES) {
      const swatch = element("i");
      if (each !== "neither") swatch.style.background = `rgb(${CATEGORY_COLORS[each].join(" ")})`;
      const [name, number] = [element("span"), element("b")];
      this.names.set(each, name);
      this.numbers.set(each, number);
      this.el.append(element("li", { "data-category": each }, swatch, name, " ", number));
    }
  }

  name(names: Record<Member, string>): void {
    for (const [each, node] of this.names) setText(node, categoryName(each, names));
  }

  /** Show shares, now or when the previous ones have been shown long enough. */
  show(shares: Shares | null): void {
    this.shares = shares;
    this.writing.request();
  }

  private write(): void {
    for (const [each, node] of this.numbers)
      setText(node, this.shares ? `${(100 * this.shares[each]).toFixed(1)} %` : "");
  }
}

/** The colors of the differences, from only the second to only the first. */
class Bar {
  readonly el = element("div", { class: "bodyseg-difference-bar", role: "img" });
  private readonly ends = { a: element("span"), b: element("span") };

  constructor() {
    const steps = Array.from({ length: 2 * BAR_STEPS + 1 }, (_, step) => {
      const color = differenceColor(Math.round((255 * (step - BAR_STEPS)) / BAR_STEPS));
      return `rgb(${color.join(" ")})`;
    });
    const scale = element("div", { class: "bodyseg-difference-scale" });
    scale.style.background = `linear-gradient(to right, ${steps.join(", ")})`;
    this.el.append(scale, this.ends.b, element("span", {}, "0"), this.ends.a);
  }

  name({ a, b }: Record<Member, string>): void {
    setText(this.ends.b, `−1 only ${b}`);
    setText(this.ends.a, `only ${a} +1`);
    const label = `Difference of the probabilities, ${a} minus ${b}`;
    this.el.setAttribute("aria-label", `${label}: −1 green, 0 dark, +1 orange`);
  }
}

class DifferenceElement {
  private readonly frame = element("div", { class: "bodyseg-frame" });
  private readonly canvas = imageCanvas();
  private readonly painter = new DifferencePainter(this.canvas);
  private readonly readout = new HoverReadout();
  private readonly voice = announcer();
  private readonly number = frameNumber();
  private readonly message: MessageBox;
  private readonly legend: Legend;
  private readonly bar = new Bar();
  private readonly pairs = new Pairs();
  private readonly compared: Record<Member, Compared | null> = { a: null, b: null };
  /** Ends the subscriptions to each side. */
  private readonly subscriptions: Record<Member, AbortController | null> = { a: null, b: null };
  private shown: Pair | null = null;
  private apart = false;
  private visible = false;
  private scheduled = 0;
  private pointer: Place | null = null;

  constructor(
    private readonly model: AnyModel<Traits>,
    el: HTMLElement,
    private readonly source: Source,
    private readonly host: Host,
    private readonly signal: AbortSignal,
  ) {
    widgetRoot(el, "bodyseg-view", "bodyseg-difference");
    this.message = new MessageBox(source);
    this.legend = new Legend(signal);
    const { canvas, frame, number, readout, voice, message } = this;
    frame.append(canvas, number, readout.el, voice, message.el);
    el.append(frame, this.legend.el, this.bar.el);

    source.watch(el, "view", signal);
    onVisibility(el, (visible) => this.setVisible(visible), signal);
    source.onState(() => this.describe(), signal);
    for (const side of ["a", "b"] as const) {
      model.on(`change:${side}`, () => void this.connect(side));
      void this.connect(side);
    }
    // Drawn at once, not with the next frame: changes are sent to the kernel only after the image
    // has changed.
    for (const name of ["view", "opacity", "mirror", "frame_number"])
      model.on(`change:${name}`, () => this.draw());
    for (const name of ["view", "names"]) model.on(`change:${name}`, () => this.describe());
    onPointer(frame, (pointer, byKey) => this.point(pointer, byKey), signal);
    addSourceKeys(frame, source, signal);
    this.describe();
    signal.addEventListener("abort", () => {
      cancelAnimationFrame(this.scheduled);
      this.show(null);
    });
  }

  // --- the two compared views

  /**
   * Subscribe to the view that a side has now, and to its stream, in place of the previous ones.
   */
  private async connect(side: Member): Promise<void> {
    const { model, subscriptions, compared } = this;
    subscriptions[side]?.abort();
    const ending = new AbortController();
    subscriptions[side] = ending;
    this.signal.addEventListener("abort", () => ending.abort(), { signal: ending.signal });
    compared[side] = null;
    this.clear(side);
    let view: AnyModel<ViewTraits> | null = null;
    let found: FoundStream | null = null;
    let missing = CLOSED;
    try {
      view = await findModel<ViewTraits>(this.host, model.get(side));
      found = view && (await findStream(this.host, view.get("stream")));
    } catch (error) {
      missing = unavailable(String(error));
    }
    if (ending.signal.aborted || this.signal.aborted) return;
    if (!view || !found) {
      compared[side] = missing;
      this.describe();
      return;
    }
    const { id, stream } = found;
    compared[side] = { stream, threshold: () => view.get("threshold") };
    // Drawn at once, as the view itself does.
    const draw = () => this.draw();
    view.on("change:threshold", draw);
    ending.signal.addEventListener("abort", () => view.off("change:threshold", draw));
    let { label } = stream;
    stream.onState(() => {
      // Results of the previous model must not be compared under this one's name.
      if (stream.label !== label) this.clear(side);
      ({ label } = stream);
      this.describe();
    }, ending.signal);
    this.describe();
    this.source.onResult(id, (answered) => this.add(side, answered), ending.signal);
  }

  private clear(side: Member): void {
    this.pairs.clear(side);
    this.apart = false;
    this.show(null);
    this.describe();
  }

  private add(side: Member, answered: MaskedImage): void {
    const at = now();
    const pair = this.pairs.add(side, answered, at);
    if (pair) {
      pair.image.hold();
      const first = this.shown === null;
      this.show(pair);
      if (first) this.describe();
    }
    const apart = this.pairs.apart(at);
    if (apart === this.apart) return;
    this.apart = apart;
    this.describe();
  }

  private get names(): Record<Member, string> {
    const [a, b] = this.model.get("names");
    const name = (given: string | undefined, side: Member) =>
      given ?? (this.compared[side]?.stream.label || side.toUpperCase());
    const names = { a: name(a, "a"), b: name(b, "b") };
    return names.a === names.b ? { a: `${names.a} (A)`, b: `${names.b} (B)` } : names;
  }

  // --- drawing

  private look(): DifferenceLook {
    const { model, compared } = this;
    const threshold = (side: Member) => (compared[side] ?? CLOSED).threshold();
    return {
      view: model.get("view"),
      thresholds: { a: threshold("a"), b: threshold("b") },
      opacity: model.get("opacity"),
      mirror: model.get("mirror"),
    };
  }

  private setVisible(visible: boolean): void {
    this.visible = visible;
    if (visible) this.draw();
  }

  /** Show a pair, whose image is held, in place of the previous one. */
  private show(pair: Pair | null): void {
    this.shown?.image.release();
    this.shown = pair;
    if (pair === null) this.legend.show(null);
    if (!pair || !this.visible || this.scheduled) return;
    this.scheduled = requestAnimationFrame(() => {
      this.scheduled = 0;
      this.draw();
    });
  }

  private draw(): void {
    const { shown, visible, model } = this;
    const look = this.look();
    this.legend.el.hidden = look.view !== "agreement";
    this.bar.el.hidden = look.view !== "difference";
    this.number.hidden = !model.get("frame_number") || !shown;
    if (shown && visible) {
      const shares = this.painter.draw(shown, look);
      if (shares) this.legend.show(shares);
      const { bitmap, id } = shown.image;
      this.frame.style.aspectRatio = `${bitmap.width} / ${bitmap.height}`;
      if (!this.number.hidden) setText(this.number, String(id));
    }
    this.updateReadout();
  }

  // --- messages

  private describe(): void {
    const { names, source, model, compared } = this;
    this.legend.name(names);
    this.bar.name(names);
    const agreement = model.get("view") === "agreement";
    const what = agreement ? "Agreement" : "Difference of the probabilities";
    this.canvas.setAttribute("aria-label", `${what} of ${names.a} and ${names.b}. ${KEYS}`);
    const hasPair = this.shown !== null;
    const said = messageFor(
      source.state,
      source,
      this.mainState(),
      hasPair,
      location.hostname,
      false,
    );
    const ready = [compared.a, compared.b].every((each) => each?.stream.state === "ready");
    const silent = said === null || (said.busy && source.state.kind === "live");
    const apart: Message = {
      text: NO_COMMON_FRAME,
      busy: false,
      share: null,
      actions: [],
      strip: hasPair,
    };
    this.message.show(this.apart && ready && silent ? apart : said);
  }

  /** The state of the stream with the more important message. */
  private mainState(): Pick<Stream, "label" | "state" | "message"> {
    const { names, compared } = this;
    const all = (["a", "b"] as const).map((side) => {
      const { state, message } = compared[side]?.stream ?? { state: "loading", message: "" };
      return { label: names[side], state, message: message && `${names[side]}: ${message}` };
    });
    const first =
      all.find(({ state }) => state === "failed") ??
      all.find(({ state }) => state === "loading") ??
      all.find(({ message }) => message !== "") ??
      all[0];
    return first as Pick<Stream, "label" | "state" | "message">;
  }

  // --- the pixel under the pointer

  private point(pointer: Place | null, byKey: boolean): void {
    this.pointer = pointer;
    const text = this.updateReadout();
    if (pointer === null) setText(this.voice, "");
    else if (byKey && text && this.shown)
      setText(this.voice, spoken(text, pointer, this.shown.image.id));
  }

  /** Show the readout at the pointer, and return it. */
  private updateReadout(): string {
    const { pointer, shown, painter, frame } = this;
    const levels = pointer && shown && painter.levelsAt(pointer.x, pointer.y);
    if (!pointer || !levels) {
      this.readout.hide();
      return "";
    }
    const what = category(levels.a, levels.b, this.look().thresholds);
    const text = describePixel(this.names, levels, what);
    const { clientWidth: width, clientHeight: height } = frame;
    this.readout.show(text, pointer.x * width, pointer.y * height, { width, height });
    return text;
  }
}

async function render({ model, el, signal, host }: RenderProps<Traits>) {
  const source = await findExports<Source>(host, model.get("_webcam"));
  if (source && !signal.aborted) new DifferenceElement(model, el, source, host, signal);
}

export default { render };
