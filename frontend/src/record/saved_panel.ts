/** One panel of a page that stands alone: the picture, its mask at any threshold, skeletons. */
import { Canvas2dRenderer } from "../drawing/canvas2d";
import { parseColor } from "../drawing/color";
import type { Masked } from "../drawing/look";
import { Overlay } from "../drawing/overlay";
import { skeleton } from "../drawing/skeleton";
import type { Palette, SavedPanel, Topology, View } from "../generated";
import { fromBase64 } from "../kit/base64";
import { element, setText } from "../kit/dom";
import { slider } from "../kit/range";
import { coverage, histogram, inShares, type Mask, planesOf } from "../source/mask";
import { type Pose, readPoses } from "../source/pose";
import { DrawnLook, drawnMask, type PlaneLook, seenNumbers } from "../view/drawn_look";
import { Legend } from "../view/legend";

const SHARE = { min: 0, max: 1, step: 0.01, leap: 0.1, digits: 2 };
/** What can be drawn without a kernel, in the order of the buttons. */
const VIEWS = ["mask", "heatmap", "cut-out", "contour", "parts", "people", "picture"] as const;

/** Show a panel; `frame` is the picture of all of them. */
export async function showPanel(saved: SavedPanel, frame: ImageBitmap): Promise<HTMLElement> {
  const el = element("section", { class: "panel", "aria-label": saved.name });
  el.append(element("h2", {}, saved.name));
  if (!saved.result) {
    el.append(element("p", { class: "note" }, saved.note));
    return el;
  }
  const { shape, region, mask: packed, poses, keypoints, planes } = saved.result;
  const { packed_planes: packedPlanes, topology } = saved.result;
  const [height, width] = shape;
  const [left, top, wide, high] = region;
  const mask: Mask = {
    data: await read(packed),
    width,
    height,
    region: inShares({ left, top, width: wide, height: high }, frame.width, frame.height),
    ...planesOf(planes, await Promise.all(packedPlanes.map(read))),
  };
  const found =
    poses.length > 0 ? readPoses(poses, new DataView(fromBase64(keypoints).buffer)) : [];
  const effect = saved.effect ? await createImageBitmap(jpeg(saved.effect)) : null;
  new PanelElement(el, saved, { bitmap: frame, mask }, { poses: found, topology }, effect);
  return el;
}

/** Read a JPEG file. */
export function jpeg(base64: string): Blob {
  return new Blob([fromBase64(base64)], { type: "image/jpeg" });
}

async function read(packed: string): Promise<Uint8Array> {
  const stream = new Blob([fromBase64(packed)])
    .stream()
    .pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

class PanelElement {
  private view: View;
  private palette: Palette;
  private heatmapOf: string;
  private threshold: number;
  private readonly renderer: Canvas2dRenderer;
  private readonly overlay: Overlay;
  private readonly share = element("span", { class: "share" });
  private readonly amount = element("output");
  private readonly counts: Uint32Array;
  private readonly drawnLook = new DrawnLook();
  private readonly legend = new Legend(
    (palette) => {
      this.palette = palette;
      this.draw();
    },
    (label) => {
      this.heatmapOf = label;
      this.draw();
    },
  );

  constructor(
    el: HTMLElement,
    private readonly saved: SavedPanel,
    private readonly masked: Masked,
    private readonly people: { poses: Pose[]; topology: Topology | null },
    private readonly effect: ImageBitmap | null,
  ) {
    this.view = effect ? "effect" : (this.views().find((view) => view === saved.view) ?? "mask");
    this.palette = saved.palette;
    this.heatmapOf = saved.heatmap_of;
    this.threshold = saved.threshold;
    this.counts = histogram(masked.mask);
    const { width, height } = masked.bitmap;
    const [image, over] = ["image", "over"].map((name) =>
      element("canvas", { class: name, width: String(width), height: String(height) }),
    ) as [HTMLCanvasElement, HTMLCanvasElement];
    image.setAttribute("role", "img");
    image.setAttribute("aria-label", `The frame, with what ${saved.name} makes of it`);
    this.renderer = Canvas2dRenderer.create(image.transferControlToOffscreen());
    this.overlay = new Overlay(over.transferControlToOffscreen());
    const picture = element("div", { class: "picture" }, image, over);
    picture.style.aspectRatio = `${width} / ${height}`;
    el.append(picture, this.buttons(), this.legend.el, this.thresholds(), this.share);
    if (saved.facts) el.append(element("p", { class: "facts" }, saved.facts));
    this.draw();
  }

  /** What of the result can be drawn. */
  private views(): View[] {
    const { mask } = this.masked;
    const has = { parts: mask.labels !== null, people: mask.people !== null };
    return VIEWS.filter((view) => !(view in has) || has[view as keyof typeof has]);
  }

  private buttons(): HTMLElement {
    const group = element("div", { class: "views", role: "radiogroup", "aria-label": "View" });
    for (const view of this.effect ? [...this.views(), "effect" as const] : this.views()) {
      const input = element("input", { type: "radio", name: `view of ${this.saved.id}` });
      input.checked = view === this.view;
      input.addEventListener("change", () => {
        this.view = view;
        this.draw();
      });
      group.append(element("label", {}, input, view === "parts" ? "classes" : view));
    }
    return group;
  }

  private thresholds(): HTMLElement {
    const { input, show } = slider(SHARE, "threshold", (value) => {
      this.threshold = value;
      show(value, value.toFixed(2));
      this.draw();
    });
    show(this.threshold, this.threshold.toFixed(2));
    return element("label", { class: "threshold" }, "threshold", input, this.amount);
  }

  private draw(): void {
    const { masked, saved, threshold, view, effect, people } = this;
    const { mirror, opacity } = saved;
    const maskColor = parseColor(saved.mask_color);
    if (view === "effect" && effect) this.renderer.show(effect, mirror);
    else if (view === "effect") this.legend.el.hidden = true;
    else {
      const { palette, heatmapOf } = this;
      // Of the others, the probability was not saved.
      const classes = saved.classes.filter(({ value }) => masked.mask.classLevels.has(value));
      const look: PlaneLook = {
        ...{ view, threshold, opacity, maskColor, mirror, palette },
        classes: saved.classes,
        heatmapOf: classes.find(({ name }) => name === heatmapOf) ?? null,
      };
      const found = { mask: masked.mask, poses: people.poses };
      const mask = drawnMask(masked.mask, look);
      const drawn = mask === masked.mask ? masked : { ...masked, mask };
      this.renderer.draw(drawn, this.drawnLook.of(found, look), null);
      const seen = seenNumbers(found, look);
      this.legend.show({
        ...{ view, palette, heatmapOf, seen },
        classes: view === "heatmap" ? classes : saved.classes,
      });
    }
    const { width, height } = masked.bitmap;
    const layout = { width, scale: 1, mirror, scoreThreshold: saved.score_threshold };
    const { poses, topology } = people;
    const skeletons =
      saved.skeleton && topology
        ? poses.map((pose, at) => skeleton(pose, at, topology, layout))
        : [];
    this.overlay.draw({ skeletons, marked: null, number: null }, { width, height, ratio: 1 });
    setText(this.amount, threshold.toFixed(2));
    const share = (100 * coverage(this.counts, threshold)).toFixed(1);
    setText(this.share, `person ${share} % of the image`);
  }
}
