/** Two fingers that zoom and move. */
import type { Zoom } from "./zoom";

interface Finger {
  clientX: number;
  clientY: number;
}

export class Fingers {
  private readonly down = new Map<number, Finger>();

  constructor(private readonly zoom: Zoom) {}

  /** Whether fingers zoom and move now, and do not paint. */
  get several(): boolean {
    return this.down.size > 1;
  }

  press({ pointerType, pointerId, clientX, clientY }: PointerEvent): void {
    if (pointerType === "touch") this.down.set(pointerId, { clientX, clientY });
  }

  move({ pointerId, clientX, clientY }: PointerEvent): void {
    if (!this.down.has(pointerId)) return;
    const before = this.both();
    this.down.set(pointerId, { clientX, clientY });
    const after = this.both();
    if (!(before && after)) return;
    this.zoom.move(after.clientX - before.clientX, after.clientY - before.clientY);
    if (before.apart > 0) this.zoom.by(after.apart / before.apart, after);
  }

  lift({ pointerId }: PointerEvent): void {
    this.down.delete(pointerId);
  }

  /** Where two fingers are together, and how far apart. */
  private both(): (Finger & { apart: number }) | null {
    const [a, b] = this.down.values();
    if (!(a && b)) return null;
    return {
      clientX: (a.clientX + b.clientX) / 2,
      clientY: (a.clientY + b.clientY) / 2,
      apart: Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY),
    };
  }
}
