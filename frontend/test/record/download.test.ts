import { describe, expect, test, vi } from "vitest";
import type { FileKernelMessage, ReadMessage, SavedFile } from "../../src/generated";
import { Listeners } from "../../src/kit/listeners";
import { type FileChannel, readFile } from "../../src/record/download";
import type { Loss } from "../../src/transport/channel";

const BYTES = Uint8Array.from({ length: 250 }, (_, index) => index);
const PART = 100;
const FILE: SavedFile = { id: "f", name: "lesson.bodyseg", folder: "lesson", size: 250 };

/** A kernel with one file; what it answers can be changed. */
class Kernel implements FileChannel {
  alive = true;
  readonly asked: number[] = [];
  answer = ({ request, offset }: ReadMessage): FileKernelMessage => ({
    kind: "part",
    request,
    offset,
    size: BYTES.length,
  });
  private readonly messages = new Listeners<[FileKernelMessage, DataView[]]>();
  private readonly losses = new Listeners<[Loss]>();

  send(message: ReadMessage): void {
    this.asked.push(message.offset);
    const part = BYTES.slice(message.offset, message.offset + PART);
    queueMicrotask(() => this.messages.notify(this.answer(message), [new DataView(part.buffer)]));
  }

  onMessage(listener: (m: FileKernelMessage, b: DataView[]) => void, signal: AbortSignal) {
    this.messages.add(listener, signal);
  }

  onLost(listener: (loss: Loss) => void, signal: AbortSignal) {
    this.losses.add(listener, signal);
  }

  lose(loss: Loss): void {
    this.alive = false;
    this.losses.notify(loss);
  }
}

describe("a file of the kernel's computer", () => {
  const never = new AbortController().signal;

  test("comes part by part, each asked for when the one before has come", async () => {
    const kernel = new Kernel();
    const progress = vi.fn();
    const blob = await readFile(kernel, FILE, progress, never);
    expect(new Uint8Array(await blob.arrayBuffer())).toEqual(BYTES);
    expect(kernel.asked).toEqual([0, 100, 200]);
    expect(progress.mock.calls).toEqual([
      [100, 250],
      [200, 250],
      [250, 250],
    ]);
  });

  test("that changes meanwhile is not put together from two", async () => {
    const kernel = new Kernel();
    const { answer } = kernel;
    kernel.answer = (message) => ({ ...answer(message), size: 250 + message.offset });
    await expect(readFile(kernel, FILE, vi.fn(), never)).rejects.toThrow("changed while");
  });

  test("that cannot be read is refused with the kernel's words", async () => {
    const kernel = new Kernel();
    kernel.answer = ({ request }) => ({ kind: "unreadable", request, message: "It is gone." });
    await expect(readFile(kernel, FILE, vi.fn(), never)).rejects.toThrow("It is gone.");
  });

  test("is given up when its reader does, or the kernel goes", async () => {
    const kernel = new Kernel();
    const { answer } = kernel;
    kernel.answer = (message) => ({ ...answer(message), request: "another" });
    const reader = new AbortController();
    const given = readFile(kernel, FILE, vi.fn(), reader.signal);
    reader.abort();
    await expect(given).rejects.toThrow("");
    const silent = new Kernel();
    silent.send = () => undefined;
    const lost = readFile(silent, FILE, vi.fn(), never);
    silent.lose("kernel");
    await expect(lost).rejects.toThrow("still in its folder");
    await expect(readFile(silent, FILE, vi.fn(), never)).rejects.toThrow("restarted");
  });
});
