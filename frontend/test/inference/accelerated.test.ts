/** When a network runs on the graphics card, and when that is left, with networks that only pretend. */
import { expect, test } from "vitest";
import type { Accelerator } from "../../src/generated";
import {
  AcceleratedNetwork,
  AcceleratedNetworks,
  farthestApart,
} from "../../src/inference/accelerated";
import type { Verdict } from "../../src/inference/inference_messages";
import type { Network } from "../../src/inference/network";

const PROCESSOR = 10;

/** A network that takes a while by the clock, and returns what it is told to. */
class Pretended implements Network {
  readonly input = [1];
  readonly outputs = [[2]];
  runs = 0;
  isDisposed = false;

  constructor(
    private readonly clock: { ms: number },
    private readonly behaves: (run: number) => { ms: number; off?: number; fails?: string },
  ) {}

  async run([value = 0]: Float32Array): Promise<Float32Array[]> {
    this.runs += 1;
    const { ms, off = 0, fails } = this.behaves(this.runs);
    this.clock.ms += ms;
    if (fails) throw new Error(fails);
    return [Float32Array.of(value + off, 1)];
  }

  dispose(): void {
    this.isDisposed = true;
  }
}

function setUp(
  behaves: (run: number) => { ms: number; off?: number; fails?: string },
  choice: "auto" | "webgpu" = "auto",
  load: (card: Network) => Promise<Network> = (card) => Promise.resolve(card),
) {
  const clock = { ms: 0 };
  const verdicts: Verdict[] = [];
  let trials = 0;
  const processor = new Pretended(clock, () => ({ ms: PROCESSOR }));
  const card = new Pretended(clock, behaves);
  const network = new AcceleratedNetwork(
    processor,
    () => load(card),
    choice,
    {
      trying: () => {
        trials += 1;
      },
      decided: (verdict) => verdicts.push(verdict),
    },
    () => clock.ms,
  );
  const run = async (times: number) => {
    let found: Float32Array[] = [];
    for (let count = 0; count < times; count += 1) found = await network.run(Float32Array.of(0.25));
    return found[0]?.[0];
  };
  return { network, processor, card, verdicts, run, trials: () => trials };
}

const ALONE = 4;

test("the processor runs first, and the card once it is faster, checked in runs 1, 2, 10 and 300", async () => {
  // What it compiles in the first runs does not count.
  const { processor, card, verdicts, run, trials } = setUp((at) => ({ ms: at > 2 ? 4 : 500 }));
  await run(ALONE);
  expect([card.runs, trials()]).toEqual([0, 0]);
  const checks: number[] = [];
  for (let at = 1; at <= 301; at += 1) {
    const before = processor.runs;
    await run(1);
    if (processor.runs > before) checks.push(at);
  }
  expect(checks).toEqual([1, 2, 10, 300]);
  expect([card.runs, trials()]).toEqual([301, 1]);
  expect(verdicts).toEqual([
    {
      runningOn: "webgpu",
      why: "The network takes 4.0 ms with the graphics card, 10 ms with the processor.",
      problem: false,
    },
  ]);
});

test.each([
  ["auto", 11, true, false],
  ["auto", 9, false, false],
  ["webgpu", 29, false, false],
  ["webgpu", 31, true, true],
] as const)("chosen %s, a card of %d ms is left: %s", async (choice, ms, isLeft, problem) => {
  const { card, verdicts, run } = setUp(() => ({ ms }), choice);
  await run(ALONE + 30);
  expect(card.isDisposed).toBe(isLeft);
  expect(card.runs).toBe(isLeft ? 7 : 30);
  expect(verdicts).toMatchObject([{ runningOn: isLeft ? "wasm" : "webgpu", problem }]);
  expect(verdicts[0]?.why).toContain("with the processor.");
});

test.each([
  [1, 0.02],
  [2, 0.02],
  [10, 0.02],
  [300, 0.02],
  [1, Number.NaN],
])(
  "a card that is wrong in run %d is left at once, and nobody sees its numbers",
  async (at, off) => {
    const { card, verdicts, run } = setUp((number) => ({ ms: 1, off: number === at ? off : 0 }));
    await run(ALONE + at - 1);
    expect(await run(1)).toBe(0.25);
    await run(5);
    expect([card.runs, card.isDisposed]).toEqual([at, true]);
    const last = verdicts.at(-1);
    expect(last).toMatchObject({ runningOn: "wasm", problem: true });
    expect(last?.why).toContain("computes other numbers than the processor");
  },
);

test("a card that becomes slow is left, and one that stumbles is not", async () => {
  const stumbles = setUp((at) => ({ ms: at > 50 && at < 60 ? 100 : 4 }));
  await stumbles.run(ALONE + 100);
  expect(stumbles.card.isDisposed).toBe(false);
  const slows = setUp((at) => ({ ms: at > 50 ? 100 : 4 }));
  await slows.run(ALONE + 100);
  expect(slows.card.isDisposed).toBe(true);
  expect(slows.verdicts.map(({ runningOn }) => runningOn)).toEqual(["webgpu", "wasm"]);
});

test.each([1, 7])(
  "a card that fails in run %d is left, and the processor does that one",
  async (at) => {
    const { verdicts, card, run } = setUp((number) =>
      number === at ? { ms: 1, fails: "Device lost." } : { ms: 1 },
    );
    expect(await run(ALONE + at)).toBe(0.25);
    expect(card.isDisposed).toBe(true);
    expect(verdicts.at(-1)).toEqual({
      runningOn: "wasm",
      why: "The graphics card cannot run this model (Device lost).",
      problem: true,
    });
  },
);

test("a network that the card does not take runs on the processor", async () => {
  const fails = () => Promise.reject(new Error("it lacks some of its operators"));
  const { verdicts, run } = setUp(() => ({ ms: 1 }), "webgpu", fails);
  expect(await run(ALONE + 3)).toBe(0.25);
  expect(verdicts).toMatchObject([{ runningOn: "wasm", problem: true }]);
});

test.each([
  ["auto", "This browser gives pages no graphics card (WebGPU).", false],
  ["webgpu", "This browser gives pages no graphics card (WebGPU).", true],
  ["wasm", "", false],
] as const)(
  "without a card, %s runs on the processor",
  async (choice: Accelerator, why, problem) => {
    const processor = new Pretended({ ms: 0 }, () => ({ ms: 1 }));
    const verdicts: Verdict[] = [];
    const networks = new AcceleratedNetworks(
      { onProcessor: () => Promise.resolve(processor), onCard: null },
      choice,
      { trying: () => expect.unreachable(), decided: (verdict) => verdicts.push(verdict) },
    );
    expect(await networks.loadFastest(new Uint8Array())).toBe(processor);
    expect(verdicts).toEqual([{ runningOn: "wasm", why, problem }]);
  },
);

test("who has chosen the processor gets it, whatever card there is", async () => {
  const processor = new Pretended({ ms: 0 }, () => ({ ms: 1 }));
  const networks = new AcceleratedNetworks(
    { onProcessor: () => Promise.resolve(processor), onCard: () => expect.unreachable() },
    "wasm",
    { trying: () => expect.unreachable(), decided: () => undefined },
  );
  expect(await networks.loadFastest(new Uint8Array())).toBe(processor);
});

test("a card that was left is not tried again for a network of another size", async () => {
  const verdicts: Verdict[] = [];
  const wrong = new Pretended({ ms: 0 }, () => ({ ms: 1, off: 5 }));
  const networks = new AcceleratedNetworks(
    {
      onProcessor: () => Promise.resolve(new Pretended({ ms: 0 }, () => ({ ms: 1 }))),
      onCard: () => Promise.resolve(wrong),
    },
    "auto",
    { trying: () => undefined, decided: (verdict) => verdicts.push(verdict) },
  );
  for (let size = 0; size < 2; size += 1) {
    const network = await networks.loadFastest(new Uint8Array());
    for (let run = 0; run < 2 * ALONE; run += 1) await network.run(Float32Array.of(0.25));
  }
  expect(wrong.runs).toBe(1);
  expect(verdicts).toMatchObject([{ runningOn: "wasm", problem: true }]);
});

test("numbers are compared by the size of their output, and what is missing is infinitely far", () => {
  const at = (...values: number[]) => Float32Array.from(values);
  expect(farthestApart([at(0.5)], [at(0.25)])).toBe(0.25);
  expect(farthestApart([at(101, -200)], [at(100, -200)])).toBe(1 / 200);
  expect(farthestApart([at(1), at(0)], [at(1), at(0.5)])).toBe(0.5);
  expect(farthestApart([at(1)], [at(1), at(1)])).toBe(Number.POSITIVE_INFINITY);
  expect(farthestApart([at(1)], [at(1, 2)])).toBe(Number.POSITIVE_INFINITY);
  expect(farthestApart([at(Number.NaN)], [at(1)])).toBe(Number.POSITIVE_INFINITY);
});
