/** Zooms what scrolls in a box, around a place. */

/** A place on the screen. */
interface Place {
  clientX: number;
  clientY: number;
}

const MOST = 32;
/** How much a step zooms. */
export const ZOOM_STEP = 1.5;

export class Zoom {
  private factor = 1;

  /**
   * @param box what scrolls
   * @param stage what is in it, as wide as the box at factor 1
   */
  constructor(
    private readonly box: HTMLElement,
    private readonly stage: HTMLElement,
  ) {}

  get isOut(): boolean {
    return this.factor === 1;
  }

  /** Zoom by a factor, so that what is at `place` stays there; by default, what is in the middle. */
  by(factor: number, place: Place = this.middle()): void {
    const { box, stage } = this;
    const before = stage.getBoundingClientRect();
    const across = (place.clientX - before.left) / before.width;
    const down = (place.clientY - before.top) / before.height;
    this.factor = Math.min(Math.max(this.factor * factor, 1), MOST);
    stage.style.width = `${this.factor * 100}%`;
    const after = stage.getBoundingClientRect();
    box.scrollLeft += after.left + across * after.width - place.clientX;
    box.scrollTop += after.top + down * after.height - place.clientY;
  }

  /** Show all again. */
  out(): void {
    this.by(0);
  }

  /** Move what is seen, in CSS pixels. */
  move(x: number, y: number): void {
    this.box.scrollLeft -= x;
    this.box.scrollTop -= y;
  }

  private middle(): Place {
    const { left, top, width, height } = this.box.getBoundingClientRect();
    return { clientX: left + width / 2, clientY: top + height / 2 };
  }
}
