/** The worker's half of a view: draws a stream's results. */
import { Canvas2dRenderer } from "../../drawing/canvas2d";
import type { EffectLook } from "../../drawing/effect";
import type { Masked, Renderer } from "../../drawing/look";
import type { Overlaid } from "../../drawing/overlay";
import { Parameters } from "../../drawing/parameters";
import { createRenderer } from "../../drawing/renderer";
import { type Joint, jointAt, type Skeleton, skeleton } from "../../drawing/skeleton";
import { BackgroundLayer } from "../../effects/worker/background_layer";
import { CustomDrawing } from "../../effects/worker/custom_drawing";
import { clearCanvas } from "../../kit/canvas";
import type { Place } from "../../kit/place";
import type { ShownSize } from "../../kit/size";
import type { Answered } from "../../source/worker/answered";
import type { DisplayContext, OpenDisplay } from "../../source/worker/display";
import type { SharedImage } from "../../source/worker/shared_image";
import { DrawnLook, drawnMask, seenNumbers } from "../drawn_look";
import type { ViewInit, ViewLook, ViewMessage, ViewNews } from "../view_messages";
import { Absence } from "./absence";
import { describeJoint } from "./describe_joint";
import { describePixel } from "./describe_pixel";
import { ImageSurface, type SurfaceOwner } from "./image_surface";

/** How close to a joint the pointer has to be, in CSS pixels. */
const JOINT_REACH = 12;

class ViewDisplay implements SurfaceOwner<ViewLook> {
  private readonly stream: string;
  private readonly surface: ImageSurface<ViewLook>;
  private readonly background: BackgroundLayer;
  private readonly custom: CustomDrawing;
  private canvas!: OffscreenCanvas;
  private renderer!: Renderer;
  /** The newest result. */
  private answered: Answered | null = null;
  /** What was drawn last, which a renderer need not read again. */
  private masked: (Masked & { of: Answered }) | null = null;
  /** In CSS pixels of the image. */
  private skeletons: Skeleton[] = [];
  private marked: Joint | null = null;
  private readonly drawnLook = new DrawnLook();
  private readonly absence = new Absence();
  private noOneFound = false;
  private hasPoses = false;
  /** What the page was told last of people, and of what is seen of classes or people. */
  private told = "";
  private toldSeen = "";
  /** Has it told. */
  private readonly askSeen: () => void;
  private look: ViewLook | null = null;

  constructor(
    init: ViewInit,
    private readonly context: DisplayContext,
  ) {
    const { port, results, effects, figures, signal } = context;
    this.stream = init.stream;
    this.surface = new ImageSurface(init.overlay, port, this, signal);
    const redraw = () => this.surface.drawSoon();
    this.background = new BackgroundLayer(redraw, () => this.tell({ kind: "background_failed" }));
    this.custom = new CustomDrawing(
      init.view,
      effects,
      this.background,
      (news) => this.tell(news),
      redraw,
      signal,
    );
    this.askSeen = figures.join(() => this.tellSeen(), signal);
    this.useRenderer(init.canvas, createRenderer(init.canvas));
    port.onmessage = ({ data }: MessageEvent<ViewMessage>) => this.receive(data);
    results.onResult(init.stream, (answered) => this.take(answered), signal);
    results.onClear(() => this.clear(), signal);
    signal.addEventListener("abort", () => {
      this.answered?.image.release();
      this.background.dispose();
      this.renderer.dispose();
    });
  }

  // --- for the surface

  get image(): SharedImage | null {
    return this.shown?.image ?? null;
  }

  draw(look: ViewLook): boolean {
    const { renderer, custom } = this;
    const newest = this.answered ?? this.shown;
    if (!newest) return false;
    const isCurrent = custom.draw(newest, look.threshold, (image) =>
      renderer.show(image, look.mirror),
    );
    const shown = this.shown ?? newest;
    if (isCurrent === null) {
      const drawn = this.drawnLook.of(shown, look);
      renderer.draw(this.maskedOf(shown, look), drawn, this.effectOf(look, shown));
      this.look = look;
      if (drawn.colored) this.askSeen();
    }
    this.tellPeople(shown);
    this.context.results.drawn(this.stream, shown.image.frame);
    return isCurrent ?? true;
  }

  overlaid(look: ViewLook, size: ShownSize): Overlaid {
    const { shown } = this;
    const { topology, mirror, scoreThreshold } = look;
    const number = look.frameNumber && shown ? shown.image.id : null;
    this.skeletons = [];
    this.marked = null;
    if (!topology || !look.skeleton) return { skeletons: null, marked: null, number };
    if (shown) {
      const scale = size.width / shown.image.bitmap.width;
      const layout = { width: size.width, scale, mirror, scoreThreshold };
      this.skeletons = shown.poses.map((pose, person) => skeleton(pose, person, topology, layout));
    }
    const { pointer } = this.surface;
    const { skeletons } = this;
    this.marked =
      pointer && jointAt(skeletons, pointer.x * size.width, pointer.y * size.height, JOINT_REACH);
    return { skeletons, marked: this.marked, number };
  }

  textAt({ x, y }: Place, look: ViewLook): string | null {
    const { mirror, topology, view } = look;
    const { shown, marked } = this;
    if (!shown) return null;
    if (marked && topology) return describeJoint(shown.poses, marked, topology);
    const heatmapOf = view === "heatmap" ? look.heatmapOf : null;
    return describePixel(shown, mirror ? 1 - x : x, y, { ...look, heatmapOf });
  }

  // --- results

  /** The shown result: of a custom effect, or the newest one. */
  private get shown(): Answered | null {
    return this.custom.made ?? this.answered;
  }

  private take(answered: Answered): void {
    this.answered?.image.release();
    this.answered = { ...answered, image: answered.image.hold() };
    this.noOneFound = this.findsNoOne(answered);
    // The result of a Python effect comes later.
    if (this.custom.waitsForPython) return;
    if (!this.custom.made) this.tellPeople(answered);
    this.surface.drawSoon();
  }

  /** Show nothing until the next result. */
  private clear(): void {
    this.answered?.image.release();
    this.answered = null;
    this.masked = null;
    this.noOneFound = false;
    this.absence.forget();
    this.custom.clear();
    this.told = "";
    this.toldSeen = "";
    clearCanvas(this.canvas);
    this.surface.drawSoon();
    this.tell({ kind: "cleared" });
  }

  private findsNoOne({ poses, image }: Answered): boolean {
    if (this.hasPoses) return this.absence.note(poses.length, image.captured);
    this.absence.forget();
    return false;
  }

  // --- drawing

  private maskedOf(shown: Answered, look: ViewLook): Masked {
    const { image } = shown;
    const mask = drawnMask(shown.mask, look);
    // Amounts of effects are in pixels of the frame.
    const { width, height } =
      look.view === "effect" ? image.bitmap : this.surface.sizeOf(image.bitmap);
    const bitmap = image.scaled(width, height);
    const held = this.masked;
    if (held?.of === shown && held.bitmap === bitmap && held.mask.data === mask.data) return held;
    this.masked = { of: shown, bitmap, mask };
    return this.masked;
  }

  private effectOf({ effect }: ViewLook, { mask }: Answered): EffectLook | null {
    if (!effect) return null;
    const { background } = this;
    const values = effect.parameters.map(({ spec, value }) => [spec.name, value] as const);
    return {
      effect: effect.name,
      parameters: new Parameters(Object.fromEntries(values)),
      background,
      // A result of the model that was there before has other classes.
      classes: effect.meaning === mask.meaning ? effect.classes : null,
    };
  }

  private useRenderer(canvas: OffscreenCanvas, renderer: Renderer): void {
    this.canvas = canvas;
    this.renderer = renderer;
    this.surface.tell({ kind: "renderer", name: renderer.name });
    const { signal } = this.context;
    canvas.addEventListener("webglcontextlost", () => {
      if (!signal.aborted) this.surface.tell({ kind: "lost" });
    });
  }

  // --- the page

  private receive(message: ViewMessage): void {
    const { background, custom } = this;
    switch (message.kind) {
      case "background":
        background.show(message.source);
        custom.changeBackground();
        this.surface.change();
        return;
      case "background_frame":
        background.showFrame(message.frame);
        return;
      case "canvas":
        this.useRenderer(message.canvas, Canvas2dRenderer.create(message.canvas));
        break;
      case "look":
        this.hasPoses = message.look.topology !== null;
        custom.show(message.look.effect);
    }
    this.surface.receive(message);
  }

  private tellPeople({ poses }: Answered): void {
    const { noOneFound } = this;
    const news: ViewNews = { kind: "people", count: poses.length, noOneFound };
    const text = JSON.stringify(news);
    if (text === this.told) return;
    this.told = text;
    this.tell(news);
  }

  private tellSeen(): void {
    const { shown, look } = this;
    if (!shown || !look) return;
    const { view } = look;
    const news: ViewNews = { kind: "seen", view, numbers: seenNumbers(shown, look) };
    const text = JSON.stringify(news);
    if (text === this.toldSeen) return;
    this.toldSeen = text;
    this.tell(news);
  }

  private tell(news: ViewNews): void {
    this.context.port.postMessage(news);
  }
}

export const openView: OpenDisplay<ViewInit> = (init, context) => {
  new ViewDisplay(init, context);
};
