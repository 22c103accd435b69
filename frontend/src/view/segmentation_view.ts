/** An image with its mask and skeletons: the page's half. */
import type { AnyModel, RenderProps } from "@anywidget/types";
import { parseColor } from "../drawing/color";
import { Background, type BackgroundTrait } from "../effects/background";
import { withoutClasses } from "../effects/classes";
import { EffectError } from "../effects/effect_error";
import type { Problem } from "../effects/effect_messages";
import {
  chosenEffect,
  classesOf,
  type EffectTraits,
  effectsOf,
  shownEffect,
  TRAIT_PARAMETERS,
  usesBackground,
} from "../effects/effects";
import type { ClassName, Palette, View } from "../generated";
import { widgetRoot } from "../kit/dom";
import type { Place } from "../kit/place";
import type { Reference } from "../kit/reference";
import { disableWhenLost } from "../source/lost_controls";
import { Mirror, type MirrorChoice } from "../source/mirror";
import type { Source } from "../source/source";
import { type FoundStream, findStream, type Stream } from "../stream/stream";
import { colorBar } from "./color_bar";
import { spoken } from "./hover_readout";
import { ImageElement, type ImageOwner } from "./image_element";
import { imageLabel, KEYS } from "./image_label";
import { Legend } from "./legend";
import { LineTool } from "./line_tool";
import { type Message, MessageBox, messageFor } from "./message";
import { offered } from "./offered_views";
import type { ViewLook, ViewNews } from "./view_messages";

interface Traits extends EffectTraits {
  _id: string;
  stream: Reference;
  _shader_error: string;
  _shown: boolean;
  view: View;
  threshold: number;
  opacity: number;
  mask_color: string;
  palette: Palette;
  heatmap_of: string;
  mirror: MirrorChoice;
  skeleton: boolean;
  score_threshold: number;
  frame_number: boolean;
  line: number[];
  background: BackgroundTrait;
}

/** Traits that change the image, besides parameters of effects. */
const DRAWN = [
  "view",
  "threshold",
  "opacity",
  "palette",
  "heatmap_of",
  "skeleton",
  "score_threshold",
  "frame_number",
  "effect",
  "_custom_effects",
  "_effect_values",
];

/** Where the arrow keys start. */
const MIDDLE: Place = { x: 0.5, y: 0.5 };
/** The keys of the line. */
const LINE_KEYS = "A line is drawn over it: press A or B to move that end to the current point.";

class ViewElement implements ImageOwner<ViewLook, ViewNews> {
  private readonly source: Source;
  private readonly stream: Stream;
  private readonly image: ImageElement<ViewLook, ViewNews>;
  private readonly bar = colorBar();
  private readonly legend = new Legend(
    (palette) => this.save("palette", palette),
    (label) => this.save("heatmap_of", label),
  );
  /** What of classes or people is in the picture. */
  private seen: { view: View; numbers: readonly number[] } | null = null;
  private readonly message: MessageBox;
  private readonly mirror: Mirror;
  private readonly line: LineTool;
  private readonly error = new EffectError();
  private readonly background: Background;
  /** What the worker says of the shown result; null before there is one. */
  private people: { count: number; noOneFound: boolean } | null = null;
  private problem: Problem | null = null;

  constructor(
    private readonly model: AnyModel<Traits>,
    el: HTMLElement,
    { id, source, stream }: FoundStream,
    signal: AbortSignal,
  ) {
    this.source = source;
    this.stream = stream;
    widgetRoot(el, "bodyseg-view");
    this.message = new MessageBox(source, stream, () => this.image.canvas);
    const display = { kind: "view", init: { view: model.get("_id"), stream: id } } as const;
    this.image = new ImageElement(el, source, display, this, signal);
    const { image } = this;
    const { frame } = image;
    this.mirror = new Mirror(model, source, signal, () => {
      this.line.show();
      image.update();
    });
    this.line = new LineTool(model, frame, this.mirror, signal);
    this.background = new Background(
      (change) => image.change(change),
      (next) => image.post(next, [next.frame]),
      () => this.describe(),
    );
    image.addOver(this.line.el, this.bar);
    frame.append(this.message.el);
    el.append(frame, this.legend.el, this.error.el);

    source.watch(el, "view", signal);
    disableWhenLost(source, el, signal);
    model.on("change:_shown", () => image.visible && this.saveShown(true));
    source.onState(() => this.describe(), signal);
    stream.onState(() => {
      this.describe();
      // Another model may find no poses; those of the last one have to go.
      image.update();
    }, signal);
    const parameters = TRAIT_PARAMETERS.filter(({ kind }) => kind !== "background");
    for (const name of new Set([...DRAWN, ...parameters.map((each) => each.name)]))
      model.on(`change:${name}`, () => image.update());
    for (const name of [
      "view",
      "effect",
      "_custom_effects",
      "skeleton",
      "line",
      "palette",
      "heatmap_of",
    ])
      model.on(`change:${name}`, () => this.describe());
    for (const { name } of parameters.filter(({ kind }) => kind === "classes"))
      model.on(`change:${name}`, () => this.describe());
    model.on("change:background", () => this.background.show(model.get("background")));
    frame.addEventListener("keydown", (event) => this.moveLine(event), { signal });
    image.update();
    this.background.show(model.get("background"));
    this.describe();
    signal.addEventListener("abort", () => this.background.close());
  }

  // --- for the image

  look(): ViewLook {
    const { model, stream, view } = this;
    const effect = this.effect();
    return {
      // Of an unknown effect, the frame is shown.
      view: view === "effect" && !effect ? "picture" : view,
      threshold: model.get("threshold"),
      opacity: model.get("opacity"),
      maskColor: parseColor(model.get("mask_color")),
      palette: model.get("palette"),
      classes: stream.classes,
      heatmapOf: this.heatmapOf,
      mirror: this.mirror.isOn,
      effect: effect && shownEffect(model, effect, stream.classes),
      topology: stream.topology,
      skeleton: model.get("skeleton"),
      scoreThreshold: model.get("score_threshold"),
      frameNumber: model.get("frame_number"),
    };
  }

  onNews(news: ViewNews): void {
    switch (news.kind) {
      case "people":
        this.people = news;
        this.describe();
        break;
      case "seen":
        this.seen = news;
        this.showLegend();
        break;
      case "cleared":
        this.people = null;
        this.seen = null;
        this.describe();
        break;
      case "problem":
        this.problem = news.problem;
        this.reportShader(news.shader);
        this.describeProblem();
        break;
      case "background_failed":
        this.background.onFailed();
    }
  }

  onVisible(visible: boolean): void {
    this.saveShown(visible);
    this.playBackground();
  }

  /** The view that is shown. */
  private get view(): View {
    return offered(this.model.get("view"), this.stream);
  }

  /** The class whose heatmap is chosen, if the model has it. */
  private get heatmapOf(): ClassName | null {
    const label = this.model.get("heatmap_of");
    return this.stream.classes.find(({ name }) => name === label) ?? null;
  }

  /** A choice in the page, which is drawn at once. */
  private save(trait: "palette" | "heatmap_of", value: string): void {
    this.model.set(trait, value);
    this.model.save_changes();
  }

  private showLegend(): void {
    const { model, stream, seen, view } = this;
    this.legend.show({
      view,
      classes: stream.classes,
      palette: model.get("palette"),
      heatmapOf: model.get("heatmap_of"),
      seen: seen?.view === view ? seen.numbers : [],
    });
  }

  // --- the effect

  /** The shown effect; null for other views, and if there is none of its name. */
  private effect() {
    return this.model.get("view") === "effect" ? chosenEffect(this.model) : null;
  }

  private playBackground(): void {
    const effect = this.effect();
    this.background.play(this.image.visible && effect !== null && usesBackground(effect));
  }

  private describeProblem(): void {
    const { model, error, problem } = this;
    if (model.get("view") === "effect" && !chosenEffect(model)) {
      const known = effectsOf(model).map(({ name }) => name);
      error.say(
        `There is no effect \u201c${model.get("effect")}\u201d. Showing the original frame.`,
        `Choose one of ${known.join(", ")}.`,
      );
    } else if (problem) error.say(problem.head, problem.text);
    else error.clear();
  }

  /** Report a shader's error to Python. */
  private reportShader(wrong: string): void {
    const { model } = this;
    if (model.get("_shader_error") === wrong) return;
    model.set("_shader_error", wrong);
    model.save_changes();
  }

  // --- labels and messages

  /** Save for Python whether this view is visible. */
  private saveShown(shown: boolean): void {
    if (this.model.get("_shown") === shown) return;
    this.model.set("_shown", shown);
    this.model.save_changes();
  }

  private describe(): void {
    const { source, stream, people, model, image, line } = this;
    const { view } = this;
    const has = people !== null;
    // Controls stand only where they act: see the style sheet.
    image.frame.dataset.view = view;
    this.bar.hidden = view !== "heatmap" || !has;
    image.frame.classList.toggle("bodyseg-see-through", view === "cut-out");
    this.showLegend();
    this.playBackground();
    this.describeProblem();
    const count = stream.topology && stream.state === "ready" && people ? people.count : null;
    const heatmapOf = view === "heatmap" && this.heatmapOf ? this.heatmapOf.name : null;
    const label = has
      ? `${imageLabel(view, stream.label, count, model.get("skeleton"), heatmapOf)}. ${KEYS}`
      : "No image yet";
    const ends = has && line.isThere ? ` ${LINE_KEYS}` : "";
    image.canvas.setAttribute("aria-label", label + ends);
    const noOneFound = people?.noOneFound ?? false;
    this.message.show(
      messageFor(source.state, source, stream, has, location.hostname, noOneFound) ??
        this.messageOfBackground() ??
        this.messageOfClasses(),
    );
  }

  /** The message if a background cannot be shown. */
  private messageOfBackground(): Message | null {
    const { message: text } = this.background;
    const isUsed = this.effect()?.parameters.some(({ kind }) => kind === "background");
    return text && isUsed
      ? { text, detail: "", busy: false, share: null, actions: [], strip: true }
      : null;
  }

  /** The message if the model does not have the classes that the effect is for. */
  private messageOfClasses(): Message | null {
    const { model, stream } = this;
    const effect = this.effect();
    if (!effect || classesOf(model, effect, stream.classes)) return null;
    const text = withoutClasses(effect, stream.classes, stream.label);
    return { text, detail: "", busy: false, share: null, actions: [], strip: true };
  }

  // --- the line

  /** Move an end of the line to the place of the arrow keys. */
  private moveLine(event: KeyboardEvent): void {
    const end = event.key.toLowerCase();
    const onImage = event.target instanceof HTMLCanvasElement;
    if ((end !== "a" && end !== "b") || !onImage || !this.line.isThere) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const place = this.image.pointer ?? MIDDLE;
    this.line.setEnd(end, place);
    this.image.say(spoken(`End ${event.key.toUpperCase()} of the line`, place));
  }
}

async function render({ model, el, signal, host }: RenderProps<Traits>) {
  const found = await findStream(host, model.get("stream"));
  if (found && !signal.aborted) new ViewElement(model, el, found, signal);
}

export default { render };
