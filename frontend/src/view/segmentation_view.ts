/** An image with its mask and skeletons. */
import type { AnyModel, RenderProps } from "@anywidget/types";
import { type Background, BackgroundLayer } from "../drawing/background";
import { Canvas2dRenderer } from "../drawing/canvas2d";
import type { EffectLook } from "../drawing/effect";
import { infernoCss } from "../drawing/inferno";
import type { Look, Renderer } from "../drawing/look";
import { type Joint, jointAt, type Skeleton, skeleton } from "../drawing/skeleton";
import { SkeletonLayer } from "../drawing/skeleton_layer";
import { WebGlRenderer } from "../drawing/webgl";
import { CustomDrawing } from "../effects/custom_drawing";
import { EffectError } from "../effects/effect_error";
import { chosenEffect, type EffectTraits, parametersOf, traitParameters } from "../effects/effects";
import type { View } from "../generated";
import { element, setText, widgetRoot } from "../kit/dom";
import { onPointer, type Place } from "../kit/pointer";
import type { Reference } from "../kit/reference";
import { onVisibility } from "../kit/visibility";
import { probabilityAt } from "../source/mask";
import type { Pose } from "../source/pose";
import type { Answered, Source } from "../source/source";
import { addSourceKeys } from "../source/source_keys";
import { type FoundStream, findStream, type Stream } from "../stream/stream";
import { Absence } from "./absence";
import { describeJoint, HoverReadout, spoken } from "./hover_readout";
import { imageLabel, KEYS } from "./image_label";
import { announcer, frameNumber, imageCanvas } from "./image_parts";
import { LineTool } from "./line_tool";
import { type Message, MessageBox, messageFor } from "./message";

interface Traits extends EffectTraits {
  _id: string;
  stream: Reference;
  _shader_error: string;
  _shown: boolean;
  view: View;
  threshold: number;
  opacity: number;
  mirror: boolean;
  skeleton: boolean;
  score_threshold: number;
  frame_number: boolean;
  line: number[];
  background: Background;
}

/** Traits that change the image, besides parameters of effects. */
const DRAWN = [
  "view",
  "threshold",
  "opacity",
  "mirror",
  "frame_number",
  "effect",
  "_effects",
  "_effect_values",
];

/** Steps of the color bar: enough to look continuous. */
const BAR_STEPS = 16;
/** Where the arrow keys start. */
const MIDDLE: Place = { x: 0.5, y: 0.5 };
/** The keys of the line. */
const LINE_KEYS = "A line is drawn over it: press A or B to move that end to the current point.";
/** How close to a joint the pointer has to be, in CSS pixels. */
const JOINT_REACH = 12;

class ViewElement {
  private readonly frame = element("div", { class: "bodyseg-frame" });
  private readonly skeletonLayer = new SkeletonLayer();
  private readonly readout = new HoverReadout();
  /** Announces what the keys find; with a pointer, it would never stop. */
  private readonly voice = announcer();
  private readonly bar = colorBar();
  private readonly number = frameNumber();
  private readonly source: Source;
  private readonly stream: Stream;
  private readonly streamId: string;
  private readonly message: MessageBox;
  private readonly line: LineTool;
  private readonly error = new EffectError();
  private readonly custom: CustomDrawing;
  private readonly background = new BackgroundLayer(
    () => this.draw(),
    (message) => {
      this.backgroundMessage = message;
      this.describe();
    },
  );
  private backgroundMessage = "";
  private canvas!: HTMLCanvasElement;
  private renderer!: Renderer;
  /** The newest result. */
  private answered: Answered | null = null;
  /** The drawn poses, and their skeletons in CSS pixels of the frame. */
  private poses: Pose[] = [];
  private skeletons: Skeleton[] = [];
  private marked: Joint | null = null;
  /** Size of the frame in CSS pixels. */
  private size = { width: 0, height: 0 };
  private readonly absence = new Absence();
  private noOneFound = false;
  /** The number of people in the label. */
  private described: number | null = null;
  private visible = false;
  private scheduled = 0;
  private pointer: Place | null = null;

  constructor(
    private readonly model: AnyModel<Traits>,
    el: HTMLElement,
    found: FoundStream,
    private readonly signal: AbortSignal,
  ) {
    const { source, stream } = found;
    this.source = source;
    this.stream = stream;
    this.streamId = found.id;
    widgetRoot(el, "bodyseg-view");
    this.message = new MessageBox(source);
    this.line = new LineTool(model, this.frame, signal);
    const redraw = () => this.drawSoon();
    this.custom = new CustomDrawing(model, source, this.background, this.error, redraw, signal);
    this.useRenderer((canvas) => WebGlRenderer.create(canvas) ?? null);
    this.frame.append(
      this.canvas,
      this.skeletonLayer.canvas,
      this.line.el,
      this.bar,
      this.number,
      this.readout.el,
      this.voice,
      this.message.el,
    );
    el.append(this.frame, this.error.el);

    source.watch(el, "view", signal);
    onVisibility(el, (visible) => this.setVisible(visible), signal);
    model.on("change:_shown", () => this.visible && this.saveShown(true));
    this.observeSize();
    source.onResult(found.id, (answered) => this.show(answered), signal);
    source.onState(() => this.describe(), signal);
    stream.onState(() => {
      this.describe();
      // Another model may find no poses; those of the last one have to go.
      this.drawSkeletons();
    }, signal);
    // Drawn at once, not with the next frame: changes are sent to the kernel only after the image
    // has changed.
    const drawn = traitParameters(model).filter(({ kind }) => kind !== "background");
    for (const name of new Set([...DRAWN, ...drawn.map((each) => each.name)]))
      model.on(`change:${name}`, () => this.draw());
    const showBackground = () => this.background.show(model.get("background"));
    showBackground();
    model.on("change:background", showBackground);
    for (const name of ["skeleton", "score_threshold"])
      model.on(`change:${name}`, () => this.drawSkeletons());
    for (const name of ["view", "effect", "skeleton", "line"])
      model.on(`change:${name}`, () => this.describe());
    onPointer(this.frame, (pointer, byKey) => this.point(pointer, byKey), signal);
    addSourceKeys(this.frame, source, signal);
    this.frame.addEventListener("keydown", (event) => this.moveLine(event), { signal });
    this.describe();
    signal.addEventListener("abort", () => {
      this.visible = false;
      this.saveShown(false);
      cancelAnimationFrame(this.scheduled);
      this.answered?.image.release();
      this.background.dispose();
      this.renderer.dispose();
    });
  }

  private useRenderer(create: (canvas: HTMLCanvasElement) => Renderer | null): void {
    const old = this.canvas;
    this.canvas = imageCanvas();
    let renderer = create(this.canvas);
    if (!renderer) {
      // A canvas keeps the first kind of context that was requested.
      this.canvas = imageCanvas();
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

  /**
   * The shown result: of a Python effect, or the newest one.
   */
  private get shown(): Answered | null {
    return this.custom.made ?? this.answered;
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

  /** The shown built-in effect. */
  private effect(): EffectLook | null {
    const { model, background } = this;
    const effect = model.get("view") === "effect" ? chosenEffect(model) : null;
    return effect && { effect: effect.name, parameters: parametersOf(model, effect), background };
  }

  private setVisible(visible: boolean): void {
    this.visible = visible;
    this.saveShown(visible);
    if (visible) this.draw();
    else this.background.play(false);
  }

  /** Save for Python whether this view is visible. */
  private saveShown(shown: boolean): void {
    if (this.model.get("_shown") === shown) return;
    this.model.set("_shown", shown);
    this.model.save_changes();
  }

  private show(answered: Answered): void {
    const before = this.answered;
    before?.image.release();
    this.answered = { ...answered, image: answered.image.hold() };
    const foundNoOne = this.noOneFound;
    this.noOneFound = this.findsNoOne(answered);
    if (!before || this.noOneFound !== foundNoOne) this.describe();
    // The result of a Python effect comes later.
    if (!this.custom.made) this.drawSoon();
  }

  /** Draw with the next animation frame. */
  private drawSoon(): void {
    if (!this.visible || this.scheduled) return;
    this.scheduled = requestAnimationFrame(() => {
      this.scheduled = 0;
      this.draw();
    });
  }

  private findsNoOne({ poses, image }: Answered): boolean {
    if (this.stream.topology) return this.absence.note(poses.length, image.captured);
    this.absence.forget();
    return false;
  }

  private draw(): void {
    const { shown } = this;
    const look = this.look();
    this.bar.hidden = look.view !== "heatmap" || !shown;
    this.frame.classList.toggle("bodyseg-see-through", look.view === "cut-out");
    this.number.hidden = !this.model.get("frame_number") || !shown;
    if (!shown || !this.visible) return;
    this.background.play(look.view === "effect");
    const custom = this.custom.imageOf(shown);
    if (custom) this.renderer.show(custom, look.mirror);
    else this.renderer.draw(shown, look, this.effect());
    if (!this.number.hidden) setText(this.number, String(shown.image.id));
    const { width, height } = shown.image.bitmap;
    this.frame.style.aspectRatio = `${width} / ${height}`;
    this.drawSkeletons();
    if (shown.poses.length !== this.described) this.describe();
    this.source.drawn(this.streamId, shown.image.frame);
  }

  /** Keep the skeletons' canvas as large as the displayed image. */
  private observeSize(): void {
    const observer = new ResizeObserver((entries) => {
      const box = entries.at(-1)?.contentRect;
      if (box) this.size = { width: box.width, height: box.height };
      this.drawSkeletons();
    });
    observer.observe(this.frame);
    this.signal.addEventListener("abort", () => observer.disconnect());
  }

  /** Lay out and draw the skeletons, or remove them. */
  private drawSkeletons(): void {
    const { model, size, shown } = this;
    if (!this.visible || size.width === 0) return;
    const { topology } = this.stream;
    this.poses = [];
    this.skeletons = [];
    if (shown && topology && model.get("skeleton")) {
      const layout = {
        width: size.width,
        scale: size.width / shown.image.bitmap.width,
        mirror: model.get("mirror"),
        scoreThreshold: model.get("score_threshold"),
      };
      this.poses = shown.poses;
      this.skeletons = shown.poses.map((pose, person) => skeleton(pose, person, topology, layout));
    }
    this.paintSkeletons();
    this.updateReadout();
  }

  private paintSkeletons(): void {
    this.marked = this.jointAtPointer();
    this.skeletonLayer.draw(this.skeletons, this.size.width, this.size.height, this.marked);
  }

  private describe(): void {
    const { source, stream, shown, model } = this;
    this.described = shown?.poses.length ?? null;
    const people = stream.topology && stream.state === "ready" && shown ? shown.poses.length : null;
    const label = shown
      ? `${imageLabel(model.get("view"), stream.label, people, model.get("skeleton"))}. ${KEYS}`
      : "No image yet";
    const ends = shown && this.line.isThere ? ` ${LINE_KEYS}` : "";
    this.canvas.setAttribute("aria-label", label + ends);
    const has = shown !== null;
    this.message.show(
      messageFor(source.state, source, stream, has, location.hostname, this.noOneFound) ??
        this.messageOfBackground(),
    );
  }

  /** The message if a background cannot be shown. */
  private messageOfBackground(): Message | null {
    const { model, backgroundMessage: text } = this;
    const isUsed = chosenEffect(model)?.parameters.some(({ kind }) => kind === "background");
    if (!text || model.get("view") !== "effect" || !isUsed) return null;
    return { text, busy: false, share: null, actions: [], strip: true };
  }

  // --- the line

  /** Move an end of the line to the place of the arrow keys. */
  private moveLine(event: KeyboardEvent): void {
    const end = event.key.toLowerCase();
    const onImage = event.target instanceof HTMLCanvasElement;
    if ((end !== "a" && end !== "b") || !onImage || !this.line.isThere) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const place = this.pointer ?? MIDDLE;
    this.line.setEnd(end, place);
    setText(this.voice, spoken(`End ${event.key.toUpperCase()} of the line`, place));
  }

  // --- the joint or the probability under the pointer

  private point(pointer: Place | null, byKey: boolean): void {
    this.pointer = pointer;
    if (this.jointAtPointer() !== this.marked) this.paintSkeletons();
    const text = this.updateReadout();
    if (pointer === null) setText(this.voice, "");
    else if (byKey && text && this.shown)
      setText(this.voice, spoken(text, pointer, this.shown.image.id));
  }

  private jointAtPointer(): Joint | null {
    const { pointer, size, skeletons } = this;
    return (
      pointer && jointAt(skeletons, pointer.x * size.width, pointer.y * size.height, JOINT_REACH)
    );
  }

  /** Show the readout at the pointer, and return it. */
  private updateReadout(): string {
    const { pointer, shown, size, marked, model, stream } = this;
    if (!pointer || !shown) {
      this.readout.hide();
      return "";
    }
    const u = model.get("mirror") ? 1 - pointer.x : pointer.x;
    const text =
      marked && stream.topology
        ? describeJoint(this.poses, marked, stream.topology)
        : `p = ${probabilityAt(shown.mask, u, pointer.y).toFixed(2)}`;
    this.readout.show(text, pointer.x * size.width, pointer.y * size.height, size);
    return text;
  }
}

function colorBar(): HTMLElement {
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

async function render({ model, el, signal, host }: RenderProps<Traits>) {
  const found = await findStream(host, model.get("stream"));
  if (found && !signal.aborted) new ViewElement(model, el, found, signal);
}

export default { render };
