import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { EffectResultMessage } from "../../src/generated";
import type { Answered } from "../../src/source/worker/answered";
import { EffectResults } from "../../src/source/worker/effect_result";
import type { SharedImage } from "../../src/source/worker/shared_image";
import { packed } from "../packed";

let open = 0;
let decoders: ((bitmap: ImageBitmap) => void)[] = [];

beforeEach(() => {
  open = 0;
  decoders = [];
  vi.stubGlobal(
    "createImageBitmap",
    () => new Promise<ImageBitmap>((resolve) => decoders.push(resolve)),
  );
});

afterEach(() => vi.unstubAllGlobals());

function decode(index: number): void {
  open += 1;
  const close = () => {
    open -= 1;
  };
  decoders[index]?.({ width: 8, height: 4, close } as ImageBitmap);
}

function message(frame: number, live = true): [EffectResultMessage, DataView[]] {
  const empty = new DataView(new ArrayBuffer(0));
  const buffers = [packed(Uint8Array.of(frame)), empty, empty];
  const told: EffectResultMessage = {
    kind: "effect_result",
    page: "page",
    frame,
    view: "view",
    effect: "trail",
    id: frame,
    captured: 0,
    live,
    took: 5,
    shape: [1, 1],
    region: [0, 0, 8, 4],
    poses: [],
    timings: { wait: 0, decode: 0, infer: 0 },
    planes: [],
  };
  return [told, buffers];
}

const ALL = { video: 1, captured: 0, wanted: () => true };

function subscribe(effects: EffectResults) {
  const seen: Answered[] = [];
  const failures: string[] = [];
  const listener = {
    result: (_: string, answered: Answered) => seen.push(answered),
    error: (effect: string, text: string) => failures.push(`${effect}: ${text}`),
  };
  effects.onResult("view", listener, new AbortController().signal);
  return { seen, failures };
}

test("an image comes with its mask, and is freed unless it is held", async () => {
  const effects = new EffectResults();
  const { seen } = subscribe(effects);
  const received = effects.receive(...message(3), ALL);
  decode(0);
  await received;
  expect(seen.map(({ image, mask }) => [image.id, mask.data[0]])).toEqual([[3, 3]]);
  expect(open).toBe(0);
});

test("one that was decoded late does not take the place of a newer one", async () => {
  const effects = new EffectResults();
  const { seen } = subscribe(effects);
  const [first, second] = [1, 2].map((frame) => effects.receive(...message(frame), ALL));
  decode(1);
  await second;
  decode(0);
  await first;
  expect(seen.map(({ image }) => image.id)).toEqual([2]);
  expect(open).toBe(0);
});

test("while paused, live ones that still come are left out", async () => {
  const effects = new EffectResults();
  const { seen } = subscribe(effects);
  const held = { ...ALL, wanted: ({ live }: SharedImage) => !live };
  const received = [
    effects.receive(...message(1), held),
    effects.receive(...message(2, false), held),
  ];
  decode(0);
  decode(1);
  await Promise.all(received);
  expect(seen.map(({ image }) => image.id)).toEqual([2]);
});

test("what went wrong is told to its view only", () => {
  const effects = new EffectResults();
  const { failures } = subscribe(effects);
  effects.fail({ view: "another", effect: "trail", message: "no" });
  effects.fail({ view: "view", effect: "trail", message: "yes" });
  expect(failures).toEqual(["trail: yes"]);
});

test("an image that cannot be decoded is told, and those after it are shown", async () => {
  const effects = new EffectResults();
  const { seen, failures } = subscribe(effects);
  vi.stubGlobal("createImageBitmap", () => Promise.reject(new Error("broken")));
  await effects.receive(...message(1), ALL);
  expect(failures).toEqual(["trail: Its image could not be shown (Error: broken)."]);
  vi.stubGlobal("createImageBitmap", () => Promise.resolve({ width: 8, height: 4, close() {} }));
  await effects.receive(...message(2), ALL);
  expect(seen.map(({ image }) => image.id)).toEqual([2]);
});

test("a result that cannot be read is told, and those after it are shown", async () => {
  const effects = new EffectResults();
  const { seen, failures } = subscribe(effects);
  const [told, [, ...others]] = message(1);
  const received = effects.receive(told, [new DataView(new ArrayBuffer(1)), ...others], ALL);
  decode(0);
  await received;
  expect(failures).toEqual(["trail: Frame 1 cannot be read (Error: invalid zlib data)."]);
  const next = effects.receive(...message(2), ALL);
  decode(1);
  await next;
  expect(seen.map(({ image }) => image.id)).toEqual([2]);
  expect(open).toBe(0);
});

test("what no view shows is not decoded", async () => {
  const effects = new EffectResults();
  const view = new AbortController();
  effects.onResult("view", { result: () => {}, error: () => {} }, view.signal);
  view.abort();
  await effects.receive(...message(1), ALL);
  expect(decoders).toHaveLength(0);
});
