/**
 * The condition that a source is in. What every control of it says, and whether it works, follows
 * from that alone.
 */
import { type Pictures, WHILE_LIVE } from "./pictures";
import type { SourceState } from "./source_state";

/** What the condition follows from. */
export interface Facts {
  state: Pick<SourceState, "kind" | "message">;
  /** Whether another window runs the source. */
  elsewhere: boolean;
  /** Whether the kernel can be reached, as far as the front end knows. */
  connected: boolean;
  paused: boolean;
  /** Whether there are frames to go to. */
  hasFrames: boolean;
  /** Whether there are results to show. */
  hasResults: boolean;
  /** Whether its kernel has ended, and models in the page go on. */
  withoutKernel: boolean;
  pictures: Pictures;
}

/**
 * `"ready"` to be started; `"elsewhere"`: another window runs it; `"unreachable"`: not started, and
 * there is no connection; `"lost"`: its kernel or itself has ended, for good.
 */
export type Condition =
  | "ready"
  | "elsewhere"
  | "unreachable"
  | "starting"
  | "live"
  | "paused"
  | "waiting"
  | "on hold"
  | "failed"
  | "lost";

/** What the controls are like. */
export interface Controls {
  condition: Condition;
  /** The button that starts and stops; `isOn`: it would stop. */
  start: { text: "Start" | "Start here" | "Stop"; works: boolean; isOn: boolean };
  /** The pickers of the source, its size and its rate. */
  settings: boolean;
  /** The button that pauses and plays. */
  pause: { text: "Pause" | "Play"; works: boolean };
  /** Steps and the timeline. */
  steps: boolean;
  /** What changes the image in the page: view, threshold, opacity. */
  looks: boolean;
  /** What Python does: models, parts, snapshots, recordings. */
  python: boolean;
  /** Numbers of the shown results: histogram, shares, rates. */
  numbers: boolean;
  /** What is to be known of the source in one sentence; empty if nothing is. */
  status: string;
}

export const ELSEWHERE = "It runs in another window.";
export const UNREACHABLE =
  "There is no connection to the Jupyter server. It can start when that is back.";

export function conditionOf({ state, elsewhere, connected, paused }: Facts): Condition {
  if (state.kind === "idle") {
    if (!connected) return "unreachable";
    return elsewhere ? "elsewhere" : "ready";
  }
  return state.kind === "live" && paused ? "paused" : state.kind;
}

/** What does not depend on the condition's other facts. */
type Row = Pick<Controls, "start" | "settings" | "python">;

const START = { text: "Start", works: true, isOn: false } as const;
const STOP = { text: "Stop", works: true, isOn: true } as const;
const OFF = { start: START, settings: true, python: true };
const ON = { start: STOP, settings: true, python: true };

const ROWS: Record<Condition, Row> = {
  ready: OFF,
  failed: OFF,
  elsewhere: { ...OFF, start: { ...START, text: "Start here" } },
  unreachable: { ...OFF, start: { ...START, works: false } },
  starting: ON,
  live: ON,
  paused: ON,
  waiting: ON,
  "on hold": ON,
  lost: { start: { ...START, works: false }, settings: false, python: false },
};

const STATUS: Partial<Record<Condition, string>> = {
  elsewhere: ELSEWHERE,
  unreachable: UNREACHABLE,
};

/** What all controls are like. */
export function controlsIn(facts: Facts): Controls {
  const { state, paused, hasFrames, hasResults, withoutKernel, pictures } = facts;
  const condition = conditionOf(facts);
  const goes = ["live", "paused", "waiting", "on hold"].includes(condition);
  return {
    condition,
    ...ROWS[condition],
    ...(withoutKernel ? { settings: false, python: false } : {}),
    // If it was paused before the first frame, Play has to work.
    pause: { text: paused ? "Play" : "Pause", works: goes && (hasFrames || paused) },
    steps: goes && hasFrames,
    // Without an image, they choose what the next one will look like: of a lost source, none comes.
    looks: condition !== "lost" || hasResults,
    numbers: hasResults,
    status:
      STATUS[condition] || state.message || (state.kind === "live" ? WHILE_LIVE[pictures] : ""),
  };
}
