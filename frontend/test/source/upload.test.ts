import { describe, expect, it, onTestFinished, vi } from "vitest";
import type { KernelMessage, PageMessage, StoredMessage, UploadMessage } from "../../src/generated";
import { Listeners } from "../../src/kit/listeners";
import { SourceError } from "../../src/source/source_error";
import { upload } from "../../src/source/worker/upload";
import type { Channel, Loss } from "../../src/transport/channel";

const MIB = 1 << 20;
const PAGE = "this page";

type Answer = Partial<StoredMessage>;

/** A kernel that stores chunks, and answers as it is told to. */
function fakeKernel(answer: (message: UploadMessage, stored: number) => Answer | null) {
  const messages = new Listeners<[KernelMessage, DataView[]]>();
  const losses = new Listeners<[Loss]>();
  const chunks: { offset: number; bytes: number }[] = [];
  let waiting = 0;
  let stored = 0;
  let most = 0;
  const channel: Channel = {
    alive: true,
    send(message: PageMessage, buffers: ArrayBuffer[] = []) {
      if (message.kind !== "upload") return;
      const bytes = buffers[0]?.byteLength ?? 0;
      chunks.push({ offset: message.offset, bytes });
      waiting += 1;
      most = Math.max(most, waiting);
      stored += bytes;
      queueMicrotask(() => {
        const said = answer(message, stored);
        if (!said) return;
        waiting -= 1;
        const { page, upload: number } = message;
        messages.notify({ kind: "stored", page, upload: number, ...said } as StoredMessage, []);
      });
    },
    onMessage: (listener, signal) => messages.add(listener, signal),
    onLost: (listener, signal) => losses.add(listener, signal),
  };
  return { channel, chunks, messages, lose: () => losses.notify("kernel"), most: () => most };
}

const whole = ({ size }: UploadMessage, stored: number): Answer =>
  stored < size ? { done: stored } : { done: stored, path: "uploads/clip.mp4" };

const file = (bytes: number) => new File([new Uint8Array(bytes)], "clip.mp4");
const signal = () => new AbortController().signal;

describe("upload", () => {
  it("sends a file in chunks, one at a time, and gives its path", async () => {
    const { channel, chunks, most } = fakeKernel(whole);
    const done: number[] = [];
    const path = await upload(
      channel,
      PAGE,
      file(2 * MIB + 5),
      (bytes) => done.push(bytes),
      signal(),
    );
    expect(path).toBe("uploads/clip.mp4");
    expect(chunks).toEqual([
      { offset: 0, bytes: MIB },
      { offset: MIB, bytes: MIB },
      { offset: 2 * MIB, bytes: 5 },
    ]);
    expect(done).toEqual([MIB, 2 * MIB, 2 * MIB + 5]);
    expect(most()).toBe(1);
  });

  it("sends a chunk again that is lost, with or without its answer, and no other", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance", "Date"] });
    onTestFinished(() => void vi.useRealTimers());
    const { channel, chunks, messages } = fakeKernel(({ offset }) => {
      const again = chunks.filter((each) => each.offset === offset).length > 1;
      const path = offset > 0 ? "uploads/clip.mp4" : undefined;
      return again ? { done: offset + MIB, ...(path && { path }) } : null;
    });
    const { send } = channel;
    channel.send = (message, buffers) => {
      send(message, buffers);
      if (message.kind !== "ping") return;
      const { page, asked } = message;
      messages.notify({ kind: "pong", page, owed: [], asked, received: 0, sent: 0 }, []);
    };
    const stored = upload(channel, PAGE, file(MIB + 1), () => {}, signal());
    const offsets = () => chunks.map(({ offset }) => offset);
    await vi.waitFor(() => expect(offsets()).toEqual([0]));
    vi.advanceTimersByTime(2000);
    await vi.waitFor(() => expect(offsets()).toEqual([0, 0, MIB]));
    vi.advanceTimersByTime(2000);
    expect(await stored).toBe("uploads/clip.mp4");
    expect(offsets()).toEqual([0, 0, MIB, MIB]);
  });

  it("takes no empty file", async () => {
    const { channel, chunks } = fakeKernel(whole);
    await expect(upload(channel, PAGE, file(0), () => {}, signal())).rejects.toThrow(
      "clip.mp4 is empty. Choose another file.",
    );
    expect(chunks).toEqual([]);
  });

  it("says why the kernel did not store it", async () => {
    const { channel } = fakeKernel(() => ({ message: "No space left." }));
    const stored = upload(channel, PAGE, file(10), () => {}, signal());
    await expect(stored).rejects.toThrow(SourceError);
    await expect(stored).rejects.toThrow("No space left.");
  });

  it("fails when the kernel disconnects", async () => {
    const { channel, lose } = fakeKernel(() => null);
    const stored = upload(channel, PAGE, file(10), () => {}, signal());
    await Promise.resolve();
    setTimeout(lose);
    await expect(stored).rejects.toThrow("Kernel disconnected.");
  });

  it("is told in words of a file that cannot be read any more", async () => {
    const { channel } = fakeKernel(whole);
    const gone = file(10);
    gone.slice = () => ({ arrayBuffer: () => Promise.reject(new Error("gone")) }) as Blob;
    await expect(upload(channel, PAGE, gone, () => {}, signal())).rejects.toThrow(
      "clip.mp4 could not be read (Error: gone).",
    );
  });

  it("sends nothing more once it is stopped", async () => {
    const stop = new AbortController();
    const { channel, chunks } = fakeKernel((message, stored) => {
      setTimeout(() => stop.abort());
      return whole(message, stored);
    });
    const slow = file(3 * MIB);
    const slice = slow.slice.bind(slow);
    slow.slice = (start, end) => {
      const chunk = slice(start, end);
      if (!start) return chunk;
      return {
        arrayBuffer: () => new Promise((resolve) => setTimeout(() => resolve(chunk.arrayBuffer()))),
      } as unknown as Blob;
    };
    await expect(upload(channel, PAGE, slow, () => {}, stop.signal)).rejects.toThrow();
    expect(chunks).toHaveLength(1);
  });

  it("does not wait for an answer once it is stopped", async () => {
    const stop = new AbortController();
    const { channel } = fakeKernel(() => {
      stop.abort();
      return null;
    });
    await expect(upload(channel, PAGE, file(10), () => {}, stop.signal)).rejects.toMatchObject({
      name: "AbortError",
    });
  });

  it("heeds only what is said of it", async () => {
    const { channel, messages } = fakeKernel((message, stored) => {
      const page = PAGE;
      messages.notify({ kind: "stored", page, upload: -1, path: "/other" }, []);
      messages.notify(
        { kind: "stored", page: "other", upload: message.upload, path: "/other" },
        [],
      );
      return whole(message, stored);
    });
    expect(await upload(channel, PAGE, file(10), () => {}, signal())).toBe("uploads/clip.mp4");
  });
});
