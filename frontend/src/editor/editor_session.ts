/** One image and its mask, for all displays of an editor, and what is said of them to Python. */
import type { AnyModel } from "@anywidget/types";
import type { EditorKernelMessage, EditorPageMessage } from "../generated";
import { randomId } from "../kit/id";
import { Listeners } from "../kit/listeners";
import { CommChannel } from "../transport/comm_channel";
import type { Rect } from "./brush";
import { packed, unpacked } from "./packing";
import { PaintedMask } from "./painted_mask";

/** What is edited, once it is there. */
export interface Edited {
  image: ImageBitmap;
  mask: PaintedMask;
}

const ENDED = "The kernel has ended, so nothing can be saved any more. Run the cell again.";
const CLOSED = "This editor was closed in Python.";

export class EditorSession {
  /** What was said last of saving, or of why nothing can be edited. */
  said = "";
  edited: Edited | null = null;
  private asked = false;
  private readonly channel: CommChannel<EditorPageMessage, EditorKernelMessage>;
  private readonly changes = new Listeners<[Rect | null]>();
  /** This page, how many masks it has sent, and the newest of Python's that it has. */
  private readonly page = randomId();
  private strokes = 0;
  private version = 0;
  /** Whether the mask is to be sent, and while it is. */
  private unsent = false;
  private sending: Promise<void> | null = null;
  /** What comes is taken in its order. */
  private taken: Promise<void> = Promise.resolve();

  constructor(model: AnyModel, signal: AbortSignal) {
    this.channel = new CommChannel(model, signal);
    this.channel.onMessage((message, buffers) => {
      this.taken = this.taken
        .then(() => this.take(message, buffers))
        .catch((error) => this.say(String(error)));
    }, signal);
    this.channel.onLost((loss) => this.say(loss === "closed" ? CLOSED : ENDED), signal);
  }

  /** Whether Python still hears what is painted. */
  get alive(): boolean {
    return this.channel.alive;
  }

  /** Get image and mask, if this page has not asked for them yet. */
  open(): void {
    if (this.asked) return;
    this.asked = true;
    this.channel.send({ kind: "edit" });
  }

  /**
   * Call `changed` when there is something new, with the part of the mask to draw anew; null if
   * that is none.
   */
  onChange(changed: (rect: Rect | null) => void, signal: AbortSignal): void {
    this.changes.add(changed, signal);
  }

  /** Say that a part of the mask is to be drawn anew. */
  drawn(rect: Rect | null): void {
    if (rect) this.changes.notify(rect);
  }

  /** Send the mask, after a stroke has ended or was undone. */
  painted(): void {
    this.unsent = true;
    this.sending ??= this.sendAll();
    this.say("");
  }

  /** Have the pair saved, with all that has been painted. */
  async save(name: string): Promise<void> {
    this.say("Saving…");
    await this.send({ kind: "save", name });
  }

  private async sendAll(): Promise<void> {
    while (this.unsent) {
      this.unsent = false;
      // Of several strokes meanwhile, the last one's mask has all.
      await this.send({ kind: "painted" });
    }
    this.sending = null;
  }

  /** Send the mask as it is now. */
  private async send(message: { kind: "painted" } | { kind: "save"; name: string }): Promise<void> {
    if (!this.edited) return;
    this.strokes += 1;
    const { page, strokes: stroke, version } = this;
    const mask = await packed(this.edited.mask.data);
    this.channel.send({ ...message, page, stroke, version }, [mask]);
  }

  private async take(message: EditorKernelMessage, buffers: DataView[]): Promise<void> {
    if (message.kind === "edited") {
      const [jpeg, mask] = buffers as [DataView<ArrayBuffer>, DataView];
      const { width, height } = message;
      const image = await createImageBitmap(new Blob([jpeg], { type: "image/jpeg" }));
      this.version = message.version;
      this.edited = { image, mask: new PaintedMask(await unpacked(mask), width, height) };
      this.changes.notify({ left: 0, top: 0, right: width, bottom: height });
    } else if (message.kind === "mask") {
      const data = await unpacked(buffers[0] as DataView);
      this.version = message.version;
      this.drawn(this.edited?.mask.replace(data) ?? null);
    } else {
      this.say(message.message);
    }
  }

  private say(text: string): void {
    this.said = text;
    this.changes.notify(null);
  }
}
