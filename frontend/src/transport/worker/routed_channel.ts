/** A channel on a link while there is one, else on the comm. */
import type { KernelMessage, PageMessage } from "../../generated";
import { now } from "../../kit/clock";
import { Listeners } from "../../kit/listeners";
import type { Channel, Loss } from "../channel";
import type { LinkAddress, NoLink } from "../link_address";
import type { Way } from "../way";
import { LinkChannel } from "./link_channel";
import { askForRefusal } from "./link_refusal";

/** Wait this long (ms) before the first attempt to open a link again; then twice as long each time. */
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 30_000;
/** A link that lasted this long (ms) counts as one that works. */
const LASTING = 30_000;
/**
 * What was sent this long (ms) before the way changed may not have arrived: it was lost with the
 * link, or waits on the comm until a cell has ended.
 */
const DOUBTFUL = 10_000;
/** Messages that nobody misses: what is in flight is dropped when the way changes. */
const ABOUT_FRAMES: readonly PageMessage["kind"][] = ["frame", "next", "show", "ping", "seen"];

interface Sent {
  at: number;
  message: PageMessage;
  buffers: ArrayBuffer[];
}

export class RoutedChannel implements Channel {
  private current: Way | null;
  private link: LinkChannel | null = null;
  /** When the link was opened. */
  private opened = 0;
  /** Attempts since the last link that works. */
  private attempts = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private isOver = false;
  /** What was sent lately and has to arrive; the kernel handles it once. */
  private sent: Sent[] = [];
  private readonly messages = new Listeners<[KernelMessage, DataView[]]>();
  private readonly switches = new Listeners<[]>();

  /**
   * @param page the id of the source in this page
   * @param signal closes the link
   */
  constructor(
    private readonly comm: Channel,
    address: LinkAddress | NoLink,
    private readonly page: string,
    signal: AbortSignal,
  ) {
    comm.onMessage((message, buffers) => this.messages.notify(message, buffers), signal);
    comm.onLost(() => this.stop(), signal);
    signal.addEventListener("abort", () => this.stop());
    if ("why" in address) {
      this.current = { kind: "jupyter", why: address.why };
    } else {
      this.current = { kind: "jupyter", why: "the direct link is being opened" };
      this.connect(address);
    }
  }

  /** The way that messages go now; null once there is nobody at its other end. */
  get way(): Way | null {
    return this.current;
  }

  get alive(): boolean {
    return this.comm.alive;
  }

  send(message: PageMessage, buffers: ArrayBuffer[] = []): void {
    if (this.link) this.remember(message, buffers);
    this.sendNow(message, buffers);
  }

  onMessage(
    listener: (message: KernelMessage, buffers: DataView[]) => void,
    signal: AbortSignal,
  ): void {
    this.messages.add(listener, signal);
  }

  onLost(listener: (loss: Loss) => void, signal: AbortSignal): void {
    this.comm.onLost(listener, signal);
  }

  /** Listen for changes of the way: frames in flight may be lost, and are to be dropped. */
  onSwitch(listener: () => void, signal: AbortSignal): void {
    this.switches.add(listener, signal);
  }

  private connect(address: LinkAddress): void {
    this.link = new LinkChannel(address, this.page, {
      opened: () => {
        this.opened = now();
        this.current = { kind: "direct" };
        this.sendAgain();
        this.switches.notify();
      },
      message: (message, buffers) => this.messages.notify(message, buffers),
      ended: (why) => void this.onEnded(address, why),
    });
  }

  private async onEnded(address: LinkAddress, why: string): Promise<void> {
    const worked = this.current?.kind === "direct";
    this.link = null;
    this.current = { kind: "jupyter", why };
    if (worked) {
      if (now() - this.opened > LASTING) this.attempts = 0;
      this.sendAgain();
      this.switches.notify();
    } else {
      const refusal = await askForRefusal(address);
      if (this.isOver) return;
      this.current = { kind: "jupyter", why: refusal.why };
      if (refusal.final) return;
    }
    const pause = Math.min(FIRST_PAUSE * 2 ** this.attempts, LONGEST_PAUSE);
    this.attempts += 1;
    this.timer = setTimeout(() => this.connect(address), pause);
  }

  private sendNow(message: PageMessage, buffers: ArrayBuffer[]): void {
    if (this.link && this.current?.kind === "direct") this.link.send(message, buffers);
    else this.comm.send(message, buffers);
  }

  private remember(message: PageMessage, buffers: ArrayBuffer[]): void {
    const at = now();
    this.sent = this.sent.filter((each) => at - each.at < DOUBTFUL);
    if (!ABOUT_FRAMES.includes(message.kind)) this.sent.push({ at, message, buffers });
  }

  /** Send what may not have arrived, the way that was changed to. */
  private sendAgain(): void {
    const time = now();
    for (const { at, message, buffers } of this.sent)
      if (time - at < DOUBTFUL) this.sendNow(message, buffers);
    this.sent = [];
  }

  private stop(): void {
    this.isOver = true;
    clearTimeout(this.timer);
    this.link?.close();
    this.link = null;
    this.current = null;
  }
}
