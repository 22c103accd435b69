import { describe, expect, it } from "vitest";
import { type Condition, conditionOf, controlsIn, type Facts } from "../../src/source/condition";

const NOTHING: Facts = {
  state: { kind: "idle", message: "" },
  elsewhere: false,
  connected: true,
  paused: false,
  hasFrames: false,
  hasResults: false,
  withoutKernel: false,
  pictures: "sent",
};

const shows = (kind: Facts["state"]["kind"], message = ""): Facts => ({
  ...NOTHING,
  state: { kind, message },
  hasFrames: true,
  hasResults: true,
});

/** A source in each condition. */
const IN: Record<Condition, Facts> = {
  ready: NOTHING,
  elsewhere: { ...NOTHING, elsewhere: true },
  unreachable: { ...NOTHING, connected: false },
  starting: { ...NOTHING, state: { kind: "starting", message: "Starting." } },
  live: shows("live"),
  paused: { ...shows("live"), paused: true },
  waiting: shows("waiting", "Python is busy."),
  "on hold": shows("on hold", "On hold."),
  failed: { ...NOTHING, state: { kind: "failed", message: "No camera." } },
  lost: { ...shows("lost", "The kernel was restarted."), hasFrames: false },
};

const [on, off] = [true, false];

/** What works, and what is said, in each condition. */
const TABLE: [Condition, string, string, boolean[], string][] = [
  // Condition, button, timeline, [button, pickers, timeline, steps, looks, Python, numbers], status
  ["ready", "Start", "Pause", [on, on, off, off, on, on, off], ""],
  [
    "elsewhere",
    "Start here",
    "Pause",
    [on, on, off, off, on, on, off],
    "It runs in another window.",
  ],
  [
    "unreachable",
    "Start",
    "Pause",
    [off, on, off, off, on, on, off],
    "There is no connection to the Jupyter server. It can start when that is back.",
  ],
  ["starting", "Stop", "Pause", [on, on, off, off, on, on, off], "Starting."],
  ["live", "Stop", "Pause", [on, on, on, on, on, on, on], ""],
  ["paused", "Stop", "Play", [on, on, on, on, on, on, on], ""],
  ["waiting", "Stop", "Pause", [on, on, on, on, on, on, on], "Python is busy."],
  ["on hold", "Stop", "Pause", [on, on, on, on, on, on, on], "On hold."],
  ["failed", "Start", "Pause", [on, on, off, off, on, on, off], "No camera."],
  ["lost", "Start", "Pause", [off, off, off, off, on, off, on], "The kernel was restarted."],
];

describe("the controls of a source that is", () => {
  it.each(TABLE)("%s", (condition, start, pause, works, status) => {
    const facts = IN[condition];
    expect(conditionOf(facts)).toBe(condition);
    const controls = controlsIn(facts);
    expect(controls.start).toEqual({ text: start, works: works[0], isOn: start === "Stop" });
    expect(controls.pause).toEqual({ text: pause, works: works[2] });
    const { settings, steps, looks, python, numbers } = controls;
    expect([settings, steps, looks, python, numbers]).toEqual([works[1], ...works.slice(3)]);
    expect(controls.status).toBe(status);
  });

  it("paused before its first frame can be played, but not stepped", () => {
    const facts: Facts = { ...shows("live"), paused: true, hasFrames: false, hasResults: false };
    expect(controlsIn(facts)).toMatchObject({ pause: { text: "Play", works: true }, steps: false });
  });

  it("live before its first frame cannot be paused, and has no numbers", () => {
    const facts: Facts = { ...shows("live"), hasFrames: false, hasResults: false };
    expect(controlsIn(facts)).toMatchObject({
      pause: { text: "Pause", works: false },
      numbers: false,
    });
  });

  it("live without its kernel can be stopped, paused and looked at, and nothing else", () => {
    const facts: Facts = { ...shows("live", "The kernel has ended."), withoutKernel: true };
    expect(controlsIn(facts)).toMatchObject({
      start: { text: "Stop", works: true },
      pause: { works: true },
      looks: true,
      settings: false,
      python: false,
      status: "The kernel has ended.",
    });
  });

  it("live says where pictures go that stay, or would", () => {
    expect(controlsIn({ ...shows("live"), pictures: "stay" }).status).toBe(
      "Pictures stay in this browser.",
    );
    expect(controlsIn({ ...shows("live"), pictures: "asked" }).status).toBe(
      "Pictures go to Python, which asks for results.",
    );
    expect(controlsIn({ ...shows("live"), pictures: "results alone" }).status).toBe(
      "Pictures stay in this browser. Python gets only masks and poses.",
    );
  });

  it("lost without an image has nothing that looks could change", () => {
    expect(controlsIn({ ...IN.lost, hasResults: false }).looks).toBe(false);
  });

  it("live goes on without Jupyter's connection as long as masks come", () => {
    expect(conditionOf({ ...shows("live"), connected: false })).toBe("live");
  });
});
