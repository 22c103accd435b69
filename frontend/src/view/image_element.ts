/** The page's half of an image that the worker draws: its elements, size and pointer. */
import { requireLiveVideo } from "../kit/browser";
import { element, setText } from "../kit/dom";
import { onFullSize } from "../kit/full_size";
import type { Place } from "../kit/place";
import { onPointer } from "../kit/pointer";
import { onShownSize } from "../kit/shown_size";
import { onVisibility } from "../kit/visibility";
import type { Source } from "../source/source";
import { addSourceKeys } from "../source/source_keys";
import type { DisplayKind } from "../source/worker/display";
import { HoverReadout, spoken } from "./hover_readout";
import type { ImageChange, ImageInit, ImageNews, Pointed, Readout, Ready } from "./image_messages";

/** What an image is of. */
export interface ImageOwner<Look, News> {
  look(): Look;
  /** The worker said something that concerns only this kind of image. */
  onNews(news: News): void;
  /** Whether it is visible has changed. */
  onVisible?(visible: boolean): void;
}

export class ImageElement<Look, News extends { kind: string }> {
  readonly frame = element("div", { class: "bodyseg-frame" });
  canvas = imageCanvas();
  /** Whether it is drawn: it is on screen, or its pixels are read, as for a recording of it. */
  visible = false;
  pointer: Place | null = null;
  private readonly overlay = overlayCanvas();
  private readonly readout = new HoverReadout();
  /** Announces what the keys find; with a pointer, it would never stop. */
  private readonly voice = element("div", { class: "bodyseg-spoken", "aria-live": "polite" });
  private readonly port: MessagePort;
  /** Whether what is at the pointer is announced once it is known. */
  private speaking = false;
  /** The number of changes sent. */
  private changes = 0;
  private outdated = false;
  private held = false;
  private onScreen = false;

  /**
   * @param root the widget's element
   * @param display its kind, and what it needs beside the canvases
   */
  constructor(
    root: HTMLElement,
    source: Source,
    display: { kind: DisplayKind; init: object },
    private readonly owner: ImageOwner<Look, News>,
    private readonly signal: AbortSignal,
  ) {
    requireLiveVideo();
    const { frame, canvas, overlay, readout, voice } = this;
    frame.append(canvas, overlay, readout.el, voice);
    const surfaces: ImageInit = {
      canvas: canvas.transferControlToOffscreen(),
      overlay: overlay.transferControlToOffscreen(),
    };
    const transfer = [surfaces.canvas, surfaces.overlay];
    this.port = source.display(display.kind, { ...display.init, ...surfaces }, transfer, signal);
    this.port.onmessage = ({ data }: MessageEvent<ImageNews | News>) => this.receive(data);
    onShownSize(frame, (size) => this.change({ kind: "size", size }), signal);
    onVisibility(
      root,
      (visible) => {
        this.onScreen = visible;
        this.updateVisible();
      },
      signal,
    );
    onFullSize(frame, (held) => this.holdFullSize(held), signal);
    onPointer(frame, (place, byKey) => this.point(place, byKey), signal);
    addSourceKeys(frame, source, signal);
  }

  /** Send what the image is drawn again for. */
  change(message: ImageChange<Look> | { kind: string }, transfer: Transferable[] = []): void {
    if (this.signal.aborted) return;
    this.changes += 1;
    this.frame.removeAttribute("data-drawn");
    this.post(message, transfer);
  }

  /** Send something else. */
  post(message: object, transfer: Transferable[] = []): void {
    this.port.postMessage(message, transfer);
  }

  /** Have the image drawn as it has to look now; several changes in a row are one. */
  update(): void {
    if (this.outdated) return;
    this.outdated = true;
    queueMicrotask(() => {
      this.outdated = false;
      this.change({ kind: "look", look: this.owner.look() });
    });
  }

  /** Put elements over the image, under its readout. */
  addOver(...elements: Element[]): void {
    this.readout.el.before(...elements);
  }

  /** Announce this, and nothing else that is on its way. */
  say(text: string): void {
    this.speaking = false;
    setText(this.voice, text);
  }

  private updateVisible(): void {
    const read = this.held && document.visibilityState === "visible";
    const visible = this.onScreen || read;
    this.visible = visible;
    this.change({ kind: "visible", visible });
    this.owner.onVisible?.(visible);
  }

  private holdFullSize(held: boolean): void {
    this.held = held;
    this.change({ kind: "full_size", held });
    if (!this.onScreen) this.updateVisible();
  }

  private point(place: Place | null, byKey: boolean): void {
    this.pointer = place;
    this.speaking = byKey;
    if (!place) {
      this.readout.hide();
      setText(this.voice, "");
    }
    const message: Pointed = { kind: "pointer", place };
    this.post(message);
  }

  private receive(news: ImageNews | News): void {
    const { frame, overlay } = this;
    const known = news as ImageNews;
    switch (known.kind) {
      case "renderer":
        this.canvas.dataset.renderer = known.name;
        break;
      case "image":
        frame.style.setProperty("--bodyseg-ratio", String(known.size.width / known.size.height));
        break;
      case "overlay":
        overlay.hidden = known.height === 0;
        overlay.style.height = known.height === null ? "" : `${known.height}px`;
        break;
      case "readout":
        this.show(known.readout);
        break;
      case "lost":
        this.renewCanvas();
        break;
      case "drawing":
        frame.removeAttribute("data-drawn");
        this.post({ kind: "ready" } satisfies Ready);
        break;
      case "drawn":
        // For whoever reads the pixels: the number of their frame.
        if (this.held && known.change === this.changes) frame.dataset.drawn = String(known.id);
        break;
      default:
        this.owner.onNews(news as News);
    }
  }

  /** Show what is at the pointer, if that is still where it was. */
  private show(readout: Readout | null): void {
    const { pointer, frame } = this;
    if (!readout || !pointer) {
      this.readout.hide();
      return;
    }
    const { text, place, id } = readout;
    const { clientWidth: width, clientHeight: height } = frame;
    this.readout.show(text, place.x * width, place.y * height, { width, height });
    if (!this.speaking || place.x !== pointer.x || place.y !== pointer.y) return;
    this.say(spoken(text, place, id));
  }

  private renewCanvas(): void {
    const canvas = imageCanvas();
    canvas.setAttribute("aria-label", this.canvas.getAttribute("aria-label") ?? "");
    this.canvas.replaceWith(canvas);
    this.canvas = canvas;
    const surface = canvas.transferControlToOffscreen();
    this.change({ kind: "canvas", canvas: surface }, [surface]);
  }
}

/** The canvas of the image, which keys explore. */
function imageCanvas(): HTMLCanvasElement {
  return element("canvas", {
    class: "bodyseg-canvas",
    width: "640",
    height: "480",
    tabindex: "0",
    // With the role of an image, screen readers would keep the arrow keys to themselves.
    role: "application",
    "aria-roledescription": "image to explore",
  });
}

/** The canvas of skeletons and the frame's number. */
function overlayCanvas(): HTMLCanvasElement {
  return element("canvas", { class: "bodyseg-overlay", hidden: "", "aria-hidden": "true" });
}
