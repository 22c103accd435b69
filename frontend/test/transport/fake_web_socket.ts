/** A WebSocket whose other end is the test. */
import { vi } from "vitest";
import type { KernelMessage, PageMessage } from "../../src/generated";
import { pack, unpack } from "../../src/transport/worker/framing";

export class FakeWebSocket {
  /** All that were opened in this test. */
  static all: FakeWebSocket[] = [];
  binaryType = "";
  bufferedAmount = 0;
  closed = false;
  onopen: () => void = () => undefined;
  onmessage: (event: { data: unknown }) => void = () => undefined;
  onclose: () => void = () => undefined;
  readonly sent: PageMessage[] = [];

  constructor(readonly url: string) {
    FakeWebSocket.all.push(this);
  }

  send(data: ArrayBuffer): void {
    this.sent.push(unpack<PageMessage>(data).message);
  }

  close(): void {
    this.closed = true;
  }

  /** The server accepts it. */
  accept(): void {
    this.onopen();
  }

  deliver(message: KernelMessage, buffers: ArrayBuffer[] = []): void {
    this.onmessage({ data: pack(message, buffers) });
  }

  /** The kernel answers the first ping. */
  answer(): void {
    this.deliver({ kind: "pong", page: "p", owed: [], asked: 0, received: 0, sent: 0 });
  }

  /** The server accepts it, and the kernel answers. */
  open(): void {
    this.accept();
    this.answer();
  }

  /** It is cut. */
  cut(): void {
    this.onclose();
  }
}

/** Replace the WebSockets of a test, and its clock. */
export function fakeWebSockets(): void {
  FakeWebSocket.all = [];
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", FakeWebSocket);
}

/** The WebSocket that was opened last. */
export function lastSocket(): FakeWebSocket {
  const socket = FakeWebSocket.all.at(-1);
  if (!socket) throw new Error("No WebSocket was opened");
  return socket;
}
