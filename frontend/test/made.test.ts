import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { MadePictures } from "../src/made";
import type { MadeMessage } from "../src/protocol";
import type { Answered } from "../src/source";

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

function message(frame: number, live = true): [MadeMessage, DataView[]] {
  const buffers = [Uint8Array.of(frame), new Uint8Array(0), Uint8Array.of(1)];
  const told: MadeMessage = {
    kind: "made",
    page: "page",
    frame,
    view: "view",
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
    made: (answered: Answered) => seen.push(answered),
    failed: (text: string) => failures.push(text),
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
  made.fail({ kind: "unmade", page: "page", frame: 1, view: "another", message: "no" });
  made.fail({ kind: "unmade", page: "page", frame: 1, view: "view", message: "yes" });
  expect(failures).toEqual(["yes"]);
});
