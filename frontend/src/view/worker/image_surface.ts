/** The worker's half of an image: when it is drawn and how large, and what is over it. */
import { type Overlaid, Overlay } from "../../drawing/overlay";
import type { Place } from "../../kit/place";
import type { ShownSize, Size } from "../../kit/size";
import type { SharedImage } from "../../source/worker/shared_image";
import type { ImageChange, ImageNews, Pointed, Readout, Ready } from "../image_messages";

/** Draws on a surface. */
export interface SurfaceOwner<Look> {
  /** The image to draw; null before there is one. */
  readonly image: SharedImage | null;
  /** Draw it; return false where that comes later, and is to be drawn once more then. */
  draw(look: Look): boolean;
  /** What is over the image. */
  overlaid(look: Look, size: ShownSize): Overlaid;
  /** What is at the place pointed at. */
  textAt(place: Place, look: Look): string | null;
}

export class ImageSurface<Look> {
  /** Where the image is pointed at. */
  pointer: Place | null = null;
  /** The size at which it is shown. */
  shown: ShownSize = { width: 0, height: 0, ratio: 1 };
  private readonly overlay: Overlay;
  private look: Look | null = null;
  private visible = false;
  private held = false;
  /** The number of changes received. */
  private changes = 0;
  private scheduled = 0;
  /** Whether the page was told that the image is about to change, and is not ready yet. */
  private announced = false;
  /** Whether the page was told of what was drawn while its full size was held. */
  private isHandedOver = true;
  /** Whether it is to be drawn again once the page was told. */
  private outdated = false;
  /** What the page was told last. */
  private readonly told = { width: 0, height: 0, readout: "", overlay: 0 as number | null };

  constructor(
    overlay: OffscreenCanvas,
    private readonly port: MessagePort,
    private readonly owner: SurfaceOwner<Look>,
    signal: AbortSignal,
  ) {
    this.overlay = new Overlay(overlay);
    signal.addEventListener("abort", () => {
      this.visible = false;
      cancelAnimationFrame(this.scheduled);
    });
  }

  /** The size to draw an image at: as it is shown, and never more than its own. */
  sizeOf({ width, height }: Size): Size {
    const { held, shown } = this;
    const scale = held ? 1 : Math.min((shown.width * shown.ratio) / width, 1);
    return {
      width: Math.max(Math.round(width * scale), 1),
      height: Math.max(Math.round(height * scale), 1),
    };
  }

  receive(message: ImageChange<Look> | Pointed | Ready): void {
    switch (message.kind) {
      case "pointer":
        this.pointer = message.place;
        this.drawOverlay();
        return;
      case "ready":
        this.announced = false;
        this.schedule();
        return;
      case "look":
        this.look = message.look;
        break;
      case "size":
        this.shown = message.size;
        break;
      case "visible":
        this.visible = message.visible;
        break;
      case "full_size":
        this.held = message.held;
    }
    this.change();
  }

  /** The page has changed something that the image is drawn again for. */
  change(): void {
    this.changes += 1;
    this.drawSoon();
  }

  /**
   * Draw with the next animation frame. Whoever holds the full size is told before: pixels may be
   * in the page earlier than a message that was sent with them.
   */
  drawSoon(): void {
    if (!this.visible || this.announced || this.scheduled) return;
    if (!this.isHandedOver) {
      this.outdated = true;
      return;
    }
    if (!this.held) {
      this.schedule();
      return;
    }
    this.announced = true;
    this.tell({ kind: "drawing" });
  }

  private schedule(): void {
    this.scheduled = requestAnimationFrame(() => {
      this.scheduled = 0;
      this.draw();
    });
  }

  tell(news: ImageNews): void {
    this.port.postMessage(news);
  }

  private draw(): void {
    const { look, owner, shown, held } = this;
    if (!this.visible || !look || shown.width === 0) return;
    const isDrawn = owner.image !== null && owner.draw(look);
    const { image } = owner;
    if (image) this.tellSize(image.bitmap);
    if (image && isDrawn && held) this.tellDrawn(image.id);
    this.drawOverlay();
  }

  /** Draw what is over the image, and tell what is at the pointer. */
  private drawOverlay(): void {
    const { look, owner, shown, overlay, told } = this;
    if (!this.visible || !look || shown.width === 0) return;
    overlay.draw(owner.overlaid(look, shown), shown);
    const { height } = overlay;
    if (height !== told.overlay) {
      told.overlay = height;
      this.tell({ kind: "overlay", height });
    }
    this.tellReadout(look);
  }

  private tellReadout(look: Look): void {
    const { pointer, owner, told } = this;
    const text = pointer && owner.image && owner.textAt(pointer, look);
    const readout: Readout | null =
      pointer && text && owner.image ? { text, place: pointer, id: owner.image.id } : null;
    // Another frame alone is no news.
    const known = readout ? JSON.stringify([readout.text, readout.place]) : "";
    if (known === told.readout) return;
    told.readout = known;
    this.tell({ kind: "readout", readout });
  }

  private tellSize({ width, height }: Size): void {
    const { told } = this;
    if (told.width === width && told.height === height) return;
    Object.assign(told, { width, height });
    this.tell({ kind: "image", size: { width, height } });
  }

  /**
   * Tell once the page has what was drawn: a canvas is handed over after its animation frame. What
   * comes meanwhile is announced afterwards, or the page would take the image for this one.
   */
  private tellDrawn(id: number): void {
    const { changes: change } = this;
    this.isHandedOver = false;
    setTimeout(() => {
      this.isHandedOver = true;
      this.tell({ kind: "drawn", id, change });
      if (!this.outdated) return;
      this.outdated = false;
      this.drawSoon();
    });
  }
}
