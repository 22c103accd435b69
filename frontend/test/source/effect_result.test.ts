import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { EffectResultMessage } from "../../src/generated";
import { MadePictures } from "../../src/source/effect_result";
import type { Answered } from "../../src/source/source";

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
  const buffers = [Uint8Array.of(frame), new Uint8Array(0), Uint8Array.of(1)];
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
  };
  return [told, buffers.map(({ buffer }) => new DataView(buffer))];
}

function follow(made: MadePictures) {
  const seen: Answered[] = [];
  const failures: string[] = [];
  const listener = {
    made: (_: string, answered: Answered) => seen.push(answered),
    failed: (effect: string, text: string) => failures.push(`${effect}: ${text}`),
  };
  made.listen("view", listener, new AbortController().signal);
  return { seen, failures };
}

test("a picture comes with its mask, and is freed unless it is held", async () => {
  const made = new MadePictures(() => true);
  const { seen } = follow(made);
  const received = made.receive(...message(3), 1, 0);
  decode(0);
  await received;
  expect(seen.map(({ picture, mask }) => [picture.id, mask.data[0]])).toEqual([[3, 3]]);
  expect(open).toBe(0);
});

test("one that was decoded late does not take the place of a newer one", async () => {
  const made = new MadePictures(() => true);
  const { seen } = follow(made);
  const [first, second] = [1, 2].map((frame) => made.receive(...message(frame), 1, 0));
  decode(1);
  await second;
  decode(0);
  await first;
  expect(seen.map(({ picture }) => picture.id)).toEqual([2]);
  expect(open).toBe(0);
});

test("while paused, live ones that still come are left out", async () => {
  const made = new MadePictures(({ live }) => !live);
  const { seen } = follow(made);
  const received = [made.receive(...message(1), 1, 0), made.receive(...message(2, false), 1, 0)];
  decode(0);
  decode(1);
  await Promise.all(received);
  expect(seen.map(({ picture }) => picture.id)).toEqual([2]);
});

test("what went wrong is told to its view only", () => {
  const made = new MadePictures(() => true);
  const { failures } = follow(made);
  made.fail({ view: "another", effect: "trail", message: "no" });
  made.fail({ view: "view", effect: "trail", message: "yes" });
  expect(failures).toEqual(["trail: yes"]);
});

test("a picture that cannot be decoded is told, and those after it are shown", async () => {
  const made = new MadePictures(() => true);
  const { seen, failures } = follow(made);
  vi.stubGlobal("createImageBitmap", () => Promise.reject(new Error("broken")));
  await made.receive(...message(1), 1, 0);
  expect(failures).toEqual(["trail: Its image could not be shown (Error: broken)."]);
  vi.stubGlobal("createImageBitmap", () => Promise.resolve({ width: 8, height: 4, close() {} }));
  await made.receive(...message(2), 1, 0);
  expect(seen.map(({ picture }) => picture.id)).toEqual([2]);
});

test("what nobody shows is not decoded", async () => {
  const made = new MadePictures(() => true);
  const view = new AbortController();
  made.listen("view", { made: () => {}, failed: () => {} }, view.signal);
  view.abort();
  await made.receive(...message(1), 1, 0);
  expect(decoders).toHaveLength(0);
});
