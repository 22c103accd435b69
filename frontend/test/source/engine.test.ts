import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { KernelMessage, LocalStream, PageMessage } from "../../src/generated";
import type { Command, EngineSettings, KernelSource, News } from "../../src/source/engine_messages";
import type { DisplayContext } from "../../src/source/worker/display";
import { Engine } from "../../src/source/worker/engine";
import type { RelayedDown, RelayedUp } from "../../src/transport/comm_relay";
import { KERNEL_ONLY } from "./needs";

const CLIP: KernelSource = {
  source: "file",
  path: "a.mp4",
  device: 0,
  width: 4,
  height: 3,
  frame_rate: 30,
};

const LOCAL: LocalStream = {
  stream: "stream",
  key: "Selfie general (browser)",
  model: "MediaPipeSelfieSegmentation",
  model_type: "general",
  max_poses: 1,
  accelerator: "auto",
  classes: [],
};

/** The page's half of an engine, and its kernel. */
class Rig {
  readonly news: News[] = [];
  readonly sent: PageMessage[] = [];
  /** The signals of its displays, and what all of them have heard. */
  readonly displays: AbortSignal[] = [];
  readonly heard: unknown[] = [];
  private readonly port: MessagePort;
  private readonly comm: MessagePort;

  constructor() {
    const toEngine = new MessageChannel();
    const toKernel = new MessageChannel();
    this.port = toEngine.port1;
    this.comm = toKernel.port1;
    this.port.onmessage = ({ data }: MessageEvent<News>) => this.news.push(data);
    this.comm.onmessage = ({ data }: MessageEvent<RelayedUp>) => this.sent.push(data.message);
    const none = () => undefined;
    const view = (_: never, { port, signal }: DisplayContext) => {
      this.displays.push(signal);
      port.onmessage = ({ data }) => this.heard.push(data);
    };
    new Engine(
      toEngine.port2,
      { view, difference: none, histogram: none, effect_time: none },
      () => {},
    );
    this.settings({});
    const link = { why: "this is a test" };
    this.command({ kind: "connect", page: "page", comm: toKernel.port2, link }, [toKernel.port2]);
  }

  settings(changed: Partial<EngineSettings>): void {
    const settings = { width: 640, height: 480, history: 10, localStreams: [], ...KERNEL_ONLY };
    this.command({ kind: "settings", settings: { ...settings, ...changed } });
  }

  command(command: Command, transfer: Transferable[] = []): void {
    this.port.postMessage(command, transfer);
  }

  say(message: KernelMessage): void {
    const down: RelayedDown = { kind: "message", message, buffers: [] };
    this.comm.postMessage(down);
  }

  /** Open a clip of a hundred frames. */
  async open(paused = false): Promise<void> {
    this.command({ kind: "needed", needed: true });
    const opening = { kind: "in kernel", wanted: CLIP } as const;
    this.command({ kind: "begin", task: 1, origin: "file", opening, paused });
    await this.until(() => this.kinds.includes("open"));
    this.say({ kind: "opened", page: "page", video: 1, label: "a.mp4", length: 100, rate: 10 });
    await this.until(() => this.told("opened").length > 0);
  }

  /** What was sent to the kernel. */
  get kinds(): string[] {
    return this.sent.map((each) => (each.kind === "show" ? `show ${each.id}` : each.kind));
  }

  told<Kind extends News["kind"]>(kind: Kind): Extract<News, { kind: Kind }>[] {
    return this.news.filter((each): each is Extract<News, { kind: Kind }> => each.kind === kind);
  }

  async until(condition: () => boolean): Promise<void> {
    await vi.waitFor(() => expect(condition()).toBe(true));
  }

  /** Wait until the engine has obeyed, and the kernel and the page have heard of it. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setTimeout(resolve));
  }

  close(): void {
    this.command({ kind: "close" });
    this.comm.close();
  }
}

let rig: Rig;

beforeEach(() => {
  class Canvas {
    getContext = () => ({});
  }
  vi.stubGlobal("OffscreenCanvas", Canvas);
  rig = new Rig();
});
afterEach(() => rig.close());

describe("a session", () => {
  it("asks for images once it is open, and says so", async () => {
    await rig.open();
    await rig.until(() => rig.kinds.filter((kind) => kind === "next").length === 2);
    expect(rig.told("timeline").at(-1)?.timeline).toMatchObject({ count: 100, video: true });
  });

  it("asks for none while nobody needs any", async () => {
    await rig.open(true);
    rig.command({ kind: "needed", needed: false });
    rig.command({ kind: "pause", paused: false, request: 1 });
    await rig.settle();
    expect(rig.kinds).not.toContain("next");
    rig.command({ kind: "needed", needed: true });
    await rig.until(() => rig.kinds.includes("next"));
  });

  it("says why it was rejected", async () => {
    const opening = { kind: "in kernel", wanted: CLIP } as const;
    rig.command({ kind: "begin", task: 1, origin: "file", opening, paused: false });
    await rig.until(() => rig.kinds.includes("open"));
    rig.say({ kind: "rejected", page: "page", video: 1, message: "No such file." });
    await rig.until(() => rig.told("failed").length > 0);
    expect(rig.told("failed")).toEqual([{ kind: "failed", task: 1, message: "No such file." }]);
  });

  it("is closed in the kernel when the page ends it, and is silent then", async () => {
    await rig.open();
    rig.command({ kind: "end", task: 1 });
    await rig.until(() => rig.kinds.includes("close"));
    const before = rig.news.length;
    rig.say({ kind: "notice", page: "page", video: 1, text: "Too late." });
    rig.command({ kind: "seek", index: 3, request: 1 });
    await rig.settle();
    expect(rig.news).toHaveLength(before);
  });

  it("with images of the page's own is over in the kernel too, which forgets them", async () => {
    const images = new ReadableStream() as ReadableStream<VideoFrame>;
    const opening = { kind: "captured", images } as const;
    rig.command({ kind: "begin", task: 7, origin: "camera", opening, paused: false }, [
      images as unknown as Transferable,
    ]);
    await rig.until(() => rig.told("opened").length > 0);
    rig.command({ kind: "end", task: 7 });
    await rig.until(() => rig.kinds.includes("close"));
    expect(rig.sent.at(-1)).toEqual({ kind: "close", page: "page", video: 7 });
  });

  it("is not ended by the end of the one before it", async () => {
    await rig.open();
    rig.command({ kind: "end", task: 0 });
    await rig.settle();
    expect(rig.kinds).not.toContain("close");
  });
});

describe("a pause", () => {
  it("holds from the beginning where the page was paused while it opened", async () => {
    await rig.open(true);
    await rig.settle();
    expect(rig.kinds).not.toContain("next");
  });

  it.each([
    ["shows its frame again to who begins to ask for results of the page", [LOCAL], 2],
    ["does not where no model runs in the page", [], 1],
  ])("%s", async (_, localStreams, expected) => {
    rig.settings({ localStreams });
    await rig.open(true);
    rig.command({ kind: "seek", index: 10, request: 1 });
    await rig.until(() => rig.kinds.includes("show 10"));
    const shows = () => rig.kinds.filter((kind) => kind === "show 10").length;
    rig.settings({ localStreams, resultsWanted: "alone" });
    await rig.settle();
    expect(shows()).toBe(expected);
    rig.settings({ localStreams, resultsWanted: "none" });
    await rig.settle();
    expect(shows()).toBe(expected);
  });

  it("comes with a step of Python's; the page hears of it, and its echo changes nothing", async () => {
    await rig.open();
    rig.command({ kind: "pause", paused: true, request: 1 });
    rig.command({ kind: "pause", paused: false, request: 1 });
    rig.say({ kind: "command", command: "step", by: 5 });
    await rig.until(() => rig.told("paused").length > 0);
    await rig.settle();
    const before = rig.kinds.filter((kind) => kind.startsWith("show"));
    rig.command({ kind: "pause", paused: true, request: 1 });
    await rig.settle();
    expect(rig.kinds.filter((kind) => kind.startsWith("show"))).toEqual(before);
    expect(rig.told("paused")).toEqual([{ kind: "paused", task: 1 }]);
  });

  it("is told once, though the page steps further", async () => {
    await rig.open();
    for (const index of [10, 20, 30]) rig.command({ kind: "seek", index, request: index });
    await rig.until(() => rig.told("timeline").at(-1)?.request === 30);
    expect(rig.told("timeline").at(-1)?.timeline.index).toBe(30);
    expect(rig.told("paused")).toHaveLength(1);
  });

  it("ends with the page's Play, wherever its news met that", async () => {
    await rig.open();
    rig.command({ kind: "seek", index: 10, request: 1 });
    rig.command({ kind: "pause", paused: false, request: 1 });
    await rig.settle();
    // The page has now heard of the pause, after its own Play, and repeats it.
    rig.command({ kind: "pause", paused: true, request: 1 });
    await rig.settle();
    const asked = rig.kinds.filter((kind) => kind === "next").length;
    rig.say({ kind: "expired", page: "page", frame: 1 });
    await rig.settle();
    expect(rig.kinds.filter((kind) => kind === "next")).toHaveLength(asked);
  });
});

describe("a file", () => {
  it("is stored, and the page told its path", async () => {
    const file = new File(["content"], "a.mp4");
    rig.command({ kind: "store", task: 3, file });
    await rig.until(() => rig.kinds.includes("upload"));
    const upload = rig.sent.find((each) => each.kind === "upload")?.upload ?? 0;
    rig.say({ kind: "stored", page: "page", upload, done: 7, path: "film.mp4", message: "" });
    await rig.until(() => rig.told("stored").length > 0);
    expect(rig.told("stored")).toEqual([{ kind: "stored", task: 3, path: "film.mp4" }]);
    expect(rig.told("progress").at(-1)).toMatchObject({ task: 3, share: 1 });
  });

  it("is no longer sent once the page ends that", async () => {
    rig.command({ kind: "store", task: 3, file: new File(["content"], "a.mp4") });
    await rig.until(() => rig.kinds.includes("upload"));
    rig.command({ kind: "end", task: 3 });
    await rig.settle();
    expect(rig.told("failed")).toEqual([]);
    expect(rig.told("stored")).toEqual([]);
  });
});

describe("a display", () => {
  /** Open one; return the page's end of its port. */
  async function open(id: number): Promise<MessagePort> {
    const { port1, port2 } = new MessageChannel();
    rig.command({ kind: "display", id, display: "view", init: {}, port: port2 }, [port2]);
    await rig.until(() => rig.displays.length === id);
    return port1;
  }

  it("hears the page, until it is ended; the others go on", async () => {
    const [first, second] = [await open(1), await open(2)];
    first.postMessage("before");
    await rig.until(() => rig.heard.length > 0);
    rig.command({ kind: "end display", id: 1 });
    await rig.settle();
    expect(rig.displays.map(({ aborted }) => aborted)).toEqual([true, false]);
    first.postMessage("after");
    second.postMessage("still");
    await rig.settle();
    expect(rig.heard).toEqual(["before", "still"]);
    for (const port of [first, second]) port.close();
  });

  it("ends with the engine", async () => {
    const port = await open(1);
    rig.close();
    await rig.until(() => rig.displays.every(({ aborted }) => aborted));
    port.close();
  });
});
