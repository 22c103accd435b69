/** A WebSocket to the kernel, by way of the Jupyter server. */
import type { KernelMessage, PageMessage } from "../../generated";
import { now } from "../../kit/clock";
import type { LinkAddress } from "../link_address";
import { pack, unpack } from "./framing";

export interface LinkListener {
  /** The kernel has answered: messages can be sent. */
  opened(): void;
  message(message: KernelMessage, buffers: DataView[]): void;
  /** It has ended, or could not be opened; called once. `why` is part of a sentence. */
  ended(why: string): void;
}

/** How often (ms) it is checked whether the kernel is still there. */
const CHECK_INTERVAL = 500;
/** After this long (ms) without an answer to anything, the kernel gets a ping. */
const PATIENCE = 1000;
/** After this long (ms) without anything since the ping, the link is dead. */
const SILENCE = 3000;
/** How long (ms) connecting may take. */
const CONNECTING = 10_000;
/** Bytes that may wait to be sent: more than the largest frames in flight, and parts of files. */
const LARGEST_BACKLOG = 64 * 2 ** 20;

export class LinkChannel {
  private readonly socket: WebSocket;
  private readonly timer: ReturnType<typeof setInterval>;
  private readonly began = now();
  private isOpen = false;
  private isOver = false;
  /** Since when something is sent and nothing has come. */
  private waiting: number | null = null;
  /** When an unanswered ping was sent. */
  private pinged: number | null = null;

  /** @param page the id of the source in this page, for pings */
  constructor(
    { socket }: LinkAddress,
    private readonly page: string,
    private readonly listener: LinkListener,
  ) {
    this.socket = new WebSocket(socket);
    this.socket.binaryType = "arraybuffer";
    // The server accepts it before the kernel has said anything.
    this.socket.onopen = () => this.ping();
    this.socket.onmessage = ({ data }) => this.receive(data);
    this.socket.onclose = () =>
      this.end(this.isOpen ? "the direct link was cut" : "the direct link could not be opened");
    this.timer = setInterval(() => this.check(), CHECK_INTERVAL);
  }

  send(message: PageMessage, buffers: ArrayBuffer[] = []): void {
    if (this.isOver) return;
    this.socket.send(pack(message, buffers));
    this.waiting ??= now();
    if (this.socket.bufferedAmount > LARGEST_BACKLOG) this.end("the direct link is too slow");
  }

  /** Close it without a word to the listener. */
  close(): void {
    this.isOver = true;
    clearInterval(this.timer);
    this.socket.close();
  }

  private ping(): void {
    this.pinged = now();
    this.send({ kind: "ping", page: this.page, asked: this.pinged });
  }

  private receive(data: unknown): void {
    if (this.isOver) return;
    this.waiting = null;
    this.pinged = null;
    let received: { message: KernelMessage; buffers: DataView[] };
    try {
      received = unpack(data as ArrayBuffer);
    } catch (error) {
      this.end(`what came on the direct link is no message (${String(error)})`);
      return;
    }
    if (!this.isOpen) {
      this.isOpen = true;
      this.listener.opened();
    }
    this.listener.message(received.message, received.buffers);
  }

  private check(): void {
    const time = now();
    if (this.pinged !== null) {
      if (time - this.pinged > SILENCE) this.end("the kernel does not answer on the direct link");
    } else if (this.waiting !== null) {
      if (time - this.waiting > PATIENCE) this.ping();
    } else if (!this.isOpen && time - this.began > CONNECTING) {
      this.end("the direct link could not be opened in time");
    }
  }

  private end(why: string): void {
    if (this.isOver) return;
    this.close();
    this.listener.ended(why);
  }
}
