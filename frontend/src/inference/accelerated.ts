/**
 * A network on the graphics card while that is right and fast enough, and else on the processor.
 *
 * Drivers and browsers have faults: some cards are right only the first time, or compute something
 * else, or take longer than the processor. So the processor runs the network first, and compares
 * what the card computes then and now and again.
 */

import type { Accelerator } from "../generated";
import { now } from "../kit/clock";
import type { Verdict } from "./inference_messages";
import type { Network, Networks, Shape } from "./network";

/** Loads a network onto the processor, and onto the graphics card. */
export interface Backends {
  onProcessor(model: Uint8Array): Promise<Network>;
  /** Null where pages get no graphics card. */
  readonly onCard: ((model: Uint8Array) => Promise<Network>) | null;
}

/** How often the processor runs before the card is tried. The first time takes longer. */
const ALONE = 4;
/** The runs of the card, from 1, that the processor does too. Between them, and then: every 300th. */
const CHECKED = [1, 2, 10];
const CHECK_EVERY = 300;
/** How often the card runs before its speed counts: it compiles its programs. */
const WARM_UP = 2;
/** How many times of the card it takes to judge its speed, and how many of both are kept. */
const TIMED = 5;
const KEPT = 31;
/** How far the card's numbers may be off, as a share of the largest of the processor's. */
const TOLERANCE = 0.01;
/** How much longer than the processor a card may take, which may be to keep the processor free. */
const PATIENCE: Record<Exclude<Accelerator, "wasm">, number> = { auto: 1, webgpu: 3 };

const NO_CARD = "This browser gives pages no graphics card (WebGPU).";

/** Told of the card. */
export interface Listener {
  /** Called before the card is asked for something for the first time. */
  trying(): void;
  /** Called with what runs a network, once that is decided, and when it changes. */
  decided(verdict: Verdict): void;
}

/** Loads networks as was chosen. */
export class AcceleratedNetworks implements Networks {
  /** Whether the card was left: it is not tried again for a network of another size. */
  private left = false;

  constructor(
    private readonly backends: Backends,
    private readonly choice: Accelerator,
    private readonly listener: Listener,
  ) {}

  load(model: Uint8Array): Promise<Network> {
    return this.backends.onProcessor(model);
  }

  async loadFastest(model: Uint8Array): Promise<Network> {
    const { backends, choice, listener } = this;
    const { onCard } = backends;
    const processor = await backends.onProcessor(model);
    if (this.left) return processor;
    if (choice !== "wasm" && onCard)
      return new AcceleratedNetwork(processor, () => onCard(model), choice, {
        trying: () => listener.trying(),
        decided: (verdict) => {
          this.left ||= verdict.runningOn === "wasm";
          listener.decided(verdict);
        },
      });
    const why = choice === "wasm" ? "" : NO_CARD;
    listener.decided({ runningOn: "wasm", why, problem: choice === "webgpu" });
    return processor;
  }
}

export class AcceleratedNetwork implements Network {
  readonly input: Shape;
  readonly outputs: readonly Shape[];
  private card: Network | null = null;
  private left = false;
  private decided = false;
  /** How often each has run. */
  private alone = 0;
  private runs = 0;
  /** ms, the newest last. */
  private readonly times = { processor: [] as number[], card: [] as number[] };

  /**
   * @param processor the network there; disposed with this object
   * @param load loads it onto the card
   * @param clock ms
   */
  constructor(
    private readonly processor: Network,
    private readonly load: () => Promise<Network>,
    private readonly choice: "auto" | "webgpu",
    private readonly listener: Listener,
    private readonly clock: () => number = now,
  ) {
    this.input = processor.input;
    this.outputs = processor.outputs;
  }

  async run(input: Float32Array): Promise<Float32Array[]> {
    if (this.left) return this.processor.run(input);
    if (this.alone < ALONE) return this.runAlone(input);
    try {
      this.card ??= await this.begin();
      return await this.runOnCard(this.card, input);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.leave(`The graphics card cannot run this model (${inShort(reason)}).`, true);
      return this.processor.run(input);
    }
  }

  dispose(): void {
    this.processor.dispose();
    this.card?.dispose();
  }

  private runAlone(input: Float32Array): Promise<Float32Array[]> {
    this.alone += 1;
    // The first run counts as little as the card's first ones.
    return this.timed(this.processor, input, this.alone > 1 ? this.times.processor : []);
  }

  private begin(): Promise<Network> {
    this.listener.trying();
    return this.load();
  }

  private async runOnCard(card: Network, input: Float32Array): Promise<Float32Array[]> {
    this.runs += 1;
    const found = await this.timed(card, input, this.runs > WARM_UP ? this.times.card : []);
    if (!this.isChecked) {
      this.judgeSpeed();
      return found;
    }
    const right = await this.timed(this.processor, input, this.times.processor);
    const off = farthestApart(found, right);
    if (off <= TOLERANCE) this.judgeSpeed();
    else
      this.leave(
        `The graphics card computes other numbers than the processor (off by ${percent(off)}).`,
        true,
      );
    return right;
  }

  private get isChecked(): boolean {
    return CHECKED.includes(this.runs) || this.runs % CHECK_EVERY === 0;
  }

  private async timed(
    network: Network,
    input: Float32Array,
    times: number[],
  ): Promise<Float32Array[]> {
    const began = this.clock();
    const found = await network.run(input);
    times.push(this.clock() - began);
    if (times.length > KEPT) times.shift();
    return found;
  }

  /** Leave a card that is slow; say so once if it is not. */
  private judgeSpeed(): void {
    const { times, choice } = this;
    if (times.card.length < TIMED) return;
    const [card, processor] = [median(times.card), median(times.processor)];
    const both = `${inMs(card)} with the graphics card, ${inMs(processor)} with the processor`;
    if (card > processor * PATIENCE[choice]) {
      this.leave(`The network takes ${both}.`, choice === "webgpu");
    } else if (!this.decided) {
      this.decided = true;
      this.listener.decided({
        runningOn: "webgpu",
        why: `The network takes ${both}.`,
        problem: false,
      });
    }
  }

  private leave(why: string, problem: boolean): void {
    this.left = true;
    this.card?.dispose();
    this.card = null;
    this.listener.decided({ runningOn: "wasm", why, problem });
  }
}

/**
 * The largest difference of two runs' numbers, each output's as a share of its largest one there, at
 * least 1: logits and pixels are larger, probabilities are not. Infinite where one is not a number.
 */
export function farthestApart(found: Float32Array[], right: Float32Array[]): number {
  if (found.length !== right.length) return Number.POSITIVE_INFINITY;
  let farthest = 0;
  for (const [index, expected] of right.entries()) {
    const values = found[index] ?? new Float32Array();
    if (values.length !== expected.length) return Number.POSITIVE_INFINITY;
    let [off, largest] = [0, 1];
    for (let at = 0; at < expected.length; at += 1) {
      const value = expected[at] ?? Number.NaN;
      const apart = Math.abs((values[at] ?? Number.NaN) - value);
      if (Number.isNaN(apart)) return Number.POSITIVE_INFINITY;
      off = Math.max(off, apart);
      largest = Math.max(largest, Math.abs(value));
    }
    farthest = Math.max(farthest, off / largest);
  }
  return farthest;
}

function median(times: readonly number[]): number {
  const sorted = [...times].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function inMs(time: number): string {
  return `${time.toFixed(time < 10 ? 1 : 0)} ms`;
}

function percent(share: number): string {
  return Number.isFinite(share) ? `${(share * 100).toFixed(0)} %` : "beyond all numbers";
}

const LONGEST = 120;

function inShort(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}\u2026` : text.replace(/\.$/, "");
}
