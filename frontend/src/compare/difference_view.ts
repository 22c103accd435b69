/** The image with the differences between two streams' masks: the page's half. */
import type { AnyModel, Host, RenderProps } from "@anywidget/types";
import {
  CATEGORY_COLORS,
  type Category,
  type DifferenceLook,
  differenceColor,
  type Shares,
} from "../drawing/difference";
import { element, setText, widgetRoot } from "../kit/dom";
import { findExports, findModel, type Reference } from "../kit/reference";
import { Mirror, type MirrorChoice } from "../source/mirror";
import type { Source } from "../source/source";
import { type FoundStream, findStream, type Stream } from "../stream/stream";
import { ImageElement, type ImageOwner } from "../view/image_element";
import { KEYS } from "../view/image_label";
import { type Message, MessageBox, messageFor } from "../view/message";
import { categoryName } from "./category_name";
import type {
  DifferenceImage,
  DifferenceMessage,
  DifferenceNews,
  Member,
} from "./difference_messages";

interface Traits {
  _webcam: Reference;
  /** Two views. */
  a: Reference;
  b: Reference;
  names: string[];
  view: DifferenceLook["view"];
  opacity: number;
  mirror: MirrorChoice;
  frame_number: boolean;
}

/** The traits of a compared view that are used here. */
interface ViewTraits {
  stream: Reference;
  threshold: number;
}

/** One of the two compared views. */
interface Compared {
  stream: Pick<Stream, "label" | "state" | "message" | "isInPage">;
  threshold(): number;
}

/** In place of a view that is not there. */
function unavailable(message: string): Compared {
  const stream = { label: "", state: "failed", message, isInPage: true } as const;
  return { stream, threshold: () => 1 };
}

const CLOSED = unavailable("It was closed. Choose another one.");

const NO_COMMON_FRAME = 'No common frame yet. Turn on "Same frame".';
/** In the legend from left to right. */
const CATEGORIES = ["both", "a", "b", "neither"] as const;
/** Steps of the color bar on either side: enough to look continuous. */
const BAR_STEPS = 8;

/** The categories' colors, names and shares, under the image. */
class Legend {
  readonly el = element("ul", { class: "bodyseg-shares", "aria-label": "Shares of the image" });
  private readonly names = new Map<Category, HTMLElement>();
  private readonly numbers = new Map<Category, HTMLElement>();

  constructor() {
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

  show(shares: Shares | null): void {
    for (const [each, node] of this.numbers)
      setText(node, shares ? `${(100 * shares[each]).toFixed(1)} %` : "");
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

class DifferenceElement implements ImageOwner<DifferenceImage, DifferenceNews> {
  private readonly image: ImageElement<DifferenceImage, DifferenceNews>;
  private readonly message: MessageBox;
  private readonly mirror: Mirror;
  private readonly legend = new Legend();
  private readonly bar = new Bar();
  private readonly compared: Record<Member, Compared | null> = { a: null, b: null };
  /** Ends the subscriptions to each side. */
  private readonly subscriptions: Record<Member, AbortController | null> = { a: null, b: null };
  private pairs = { hasPair: false, apart: false };

  constructor(
    private readonly model: AnyModel<Traits>,
    el: HTMLElement,
    private readonly source: Source,
    private readonly host: Host,
    private readonly signal: AbortSignal,
  ) {
    widgetRoot(el, "bodyseg-view", "bodyseg-difference");
    this.message = new MessageBox(source, null, () => this.image.canvas);
    const display = { kind: "difference", init: {} } as const;
    this.image = new ImageElement(el, source, display, this, signal);
    const { image, message, legend, bar } = this;
    this.mirror = new Mirror(model, source, signal, () => image.update());
    image.frame.append(message.el);
    el.append(image.frame, legend.el, bar.el);

    source.watch(el, "view", signal);
    source.onState(() => this.describe(), signal);
    for (const side of ["a", "b"] as const) {
      model.on(`change:${side}`, () => void this.connect(side));
      void this.connect(side);
    }
    for (const name of ["view", "opacity", "frame_number", "names"])
      model.on(`change:${name}`, () => image.update());
    for (const name of ["view", "names"]) model.on(`change:${name}`, () => this.describe());
    image.update();
    this.describe();
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
    this.show(side, null);
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
    const draw = () => this.image.update();
    view.on("change:threshold", draw);
    ending.signal.addEventListener("abort", () => view.off("change:threshold", draw));
    let { label } = stream;
    stream.onState(() => {
      // Results of the previous model must not be compared under this one's name.
      if (stream.label !== label) this.show(side, id);
      ({ label } = stream);
      this.describe();
    }, ending.signal);
    this.show(side, id);
  }

  /** Show the next results of a stream, and no earlier ones of this side. */
  private show(side: Member, stream: string | null): void {
    const message: DifferenceMessage = { kind: "side", side, stream };
    this.image.post(message);
    this.image.update();
    this.describe();
  }

  private get names(): Record<Member, string> {
    const [a, b] = this.model.get("names");
    const name = (given: string | undefined, side: Member) =>
      given ?? (this.compared[side]?.stream.label || side.toUpperCase());
    const names = { a: name(a, "a"), b: name(b, "b") };
    return names.a === names.b ? { a: `${names.a} (A)`, b: `${names.b} (B)` } : names;
  }

  // --- for the image

  look(): DifferenceImage {
    const { model, compared } = this;
    const threshold = (side: Member) => (compared[side] ?? CLOSED).threshold();
    return {
      view: model.get("view"),
      thresholds: { a: threshold("a"), b: threshold("b") },
      opacity: model.get("opacity"),
      mirror: this.mirror.isOn,
      frameNumber: model.get("frame_number"),
      names: this.names,
    };
  }

  onNews(news: DifferenceNews): void {
    if (news.kind === "shares") {
      this.legend.show(news.shares);
    } else {
      this.pairs = news;
      this.describe();
    }
  }

  // --- messages

  private describe(): void {
    const { names, source, model, compared, pairs, image } = this;
    this.legend.name(names);
    this.bar.name(names);
    const agreement = model.get("view") === "agreement";
    this.legend.el.hidden = !agreement;
    this.bar.el.hidden = agreement;
    const what = agreement ? "Agreement" : "Difference of the probabilities";
    image.canvas.setAttribute("aria-label", `${what} of ${names.a} and ${names.b}. ${KEYS}`);
    const said = messageFor(
      source.state,
      source,
      this.mainState(),
      pairs.hasPair,
      location.hostname,
      false,
    );
    const ready = [compared.a, compared.b].every((each) => each?.stream.state === "ready");
    const silent = said === null || (said.busy && source.state.kind === "live");
    const apart: Message = {
      text: NO_COMMON_FRAME,
      detail: "",
      busy: false,
      share: null,
      actions: [],
      strip: pairs.hasPair,
    };
    this.message.show(pairs.apart && ready && silent ? apart : said);
  }

  /** The state of the stream with the more important message. */
  private mainState(): Pick<Stream, "label" | "state" | "message" | "weights" | "isInPage"> {
    const { names, compared } = this;
    const all = (["a", "b"] as const).map((side) => {
      const unknown = { state: "loading", message: "", isInPage: false } as const;
      const { state, message, isInPage } = compared[side]?.stream ?? unknown;
      const named = message && `${names[side]}: ${message}`;
      // What is missing is downloaded in the stream's own view.
      return { label: names[side], state, message: named, weights: null, isInPage };
    });
    const first =
      // That the kernel has ended matters first.
      all.find(({ isInPage }) => !(isInPage || this.source.controls.python)) ??
      all.find(({ state }) => state === "failed") ??
      all.find(({ state }) => state === "loading") ??
      all.find(({ message }) => message !== "") ??
      all[0];
    return first as (typeof all)[number];
  }
}

async function render({ model, el, signal, host }: RenderProps<Traits>) {
  const source = await findExports<Source>(host, model.get("_webcam"));
  if (source && !signal.aborted) new DifferenceElement(model, el, source, host, signal);
}

export default { render };
