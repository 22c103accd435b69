import { beforeEach, describe, expect, it } from "vitest";
import type { KernelMessage, Origin, PageMessage } from "../../src/generated";
import { Listeners } from "../../src/kit/listeners";
import { EffectResults } from "../../src/source/worker/effect_result";
import { Frames } from "../../src/source/worker/frames";
import { Session } from "../../src/source/worker/session";
import { StreamResults } from "../../src/source/worker/stream_results";
import type { Channel } from "../../src/transport/channel";
import { KERNEL_ONLY, noLocalStreams } from "./needs";

/** A session whose kernel answers when it is told to. */
class Rig {
  seen = true;
  readonly failures: string[] = [];
  readonly sent: PageMessage[] = [];
  readonly session: Session;
  readonly frames: Frames;
  private readonly messages = new Listeners<[KernelMessage, DataView[]]>();

  constructor(origin: Origin, length: number | null = null) {
    const { signal } = new AbortController();
    const channel: Channel = {
      alive: true,
      send: (message) => this.sent.push(message),
      onMessage: (listener, until) => this.messages.add(listener, until),
      onLost: () => {},
    };
    this.frames = new Frames(
      channel,
      "page",
      new StreamResults(
        () => undefined,
        () => undefined,
      ),
      new EffectResults(),
      noLocalStreams(),
      () => KERNEL_ONLY,
      signal,
    );
    this.session = new Session(origin, 7, this.frames, {
      history: () => 10,
      isNeeded: () => this.seen,
      // As the page does: it repeats what it hears.
      paused: () => this.session.pause(),
      changed: () => {},
      fail: (message) => this.failures.push(message),
    });
    if (length !== null) this.session.frameIndex.load({ length, rate: 10 });
    this.session.isOpen = true;
  }

  /** What was asked for, as `next` or `show 3`. */
  get asked(): string[] {
    return this.sent.map((each) =>
      each.kind === "show" ? `show ${each.id}` : `${each.kind}${this.beginning(each)}`,
    );
  }

  /** There will be nothing for the oldest request. */
  expire(): void {
    const frames = this.sent.flatMap((each) => ("frame" in each ? [each.frame] : []));
    this.expired += 1;
    const frame = frames[this.expired - 1] as number;
    this.messages.notify({ kind: "expired", page: "page", frame }, []);
  }

  private expired = 0;

  private beginning(message: PageMessage): string {
    return message.kind === "next" && message.begin_at !== null ? ` from ${message.begin_at}` : "";
  }
}

describe("a source of the kernel's", () => {
  let rig: Rig;

  beforeEach(() => {
    rig = new Rig("file", 100);
    rig.session.frameIndex.point(20);
  });

  it("is asked for as many images as may be on their way", () => {
    rig.session.pull();
    expect(rig.asked).toEqual(["next", "next"]);
    rig.expire();
    expect(rig.asked).toEqual(["next", "next", "next"]);
  });

  it("is asked for none where no view is displayed, before it is open, and once it is closed", () => {
    rig.seen = false;
    rig.session.pull();
    rig.seen = true;
    rig.session.isOpen = false;
    rig.session.pull();
    expect(rig.asked).toEqual([]);
  });

  it("shows the frame that it is paused at, and nothing new", () => {
    rig.session.pause();
    rig.session.pull();
    expect(rig.asked).toEqual(["show 20"]);
    expect(rig.session.paused).toBe(true);
  });

  it("asks for the last of several frames when there is room for it", () => {
    rig.session.seek(30);
    rig.session.seek(40);
    rig.session.seek(50);
    // The frame of the pause, the first one sought, and the last when an answer has come.
    expect(rig.asked).toEqual(["show 20", "show 30"]);
    rig.expire();
    expect(rig.asked).toEqual(["show 20", "show 30", "show 50"]);
    expect(rig.session.timeline()).toMatchObject({ index: 50, id: 50 });
  });

  it("stays at its last frame, and begins again from there", () => {
    expect(rig.session.reachEnd(1)).toBe(false);
    expect(rig.session.paused).toBe(true);
    expect(rig.asked).toEqual(["show 99"]);
    rig.expire();
    rig.session.play();
    expect(rig.asked).toEqual(["show 99", "next from 0", "next"]);
  });

  it("plays on from a frame that was sought last, though that could not be asked for", () => {
    rig.session.seek(30);
    rig.session.seek(40);
    rig.session.play();
    expect(rig.asked).toEqual(["show 20", "show 30"]);
    rig.expire();
    expect(rig.asked.slice(2)).toEqual(["next from 40"]);
  });

  it("begins again from its first frame as soon as one can be asked for", () => {
    rig.session.reachEnd(1);
    rig.session.seek(99);
    rig.session.play();
    expect(rig.asked).toEqual(["show 99", "show 99"]);
    rig.expire();
    expect(rig.asked.slice(2)).toEqual(["next from 0"]);
    rig.expire();
    expect(rig.asked.slice(2)).toEqual(["next from 0", "next"]);
  });

  it("is asked again for what is given up", () => {
    rig.session.pull();
    rig.frames.giveUp();
    expect(rig.asked).toEqual(["next", "next", "next", "next"]);
    rig.session.pause();
    rig.frames.giveUp();
    expect(rig.asked.slice(4)).toEqual(["show 20"]);
  });

  it("begins again from where it was to go on, if what asked for that is lost", () => {
    rig.session.reachEnd(1);
    rig.expire();
    rig.session.play();
    rig.frames.giveUp();
    expect(rig.asked).toEqual(["show 99", "next from 0", "next", "next from 0", "next"]);
    rig.session.noteLive(0, 0);
    rig.frames.giveUp();
    expect(rig.asked.slice(5)).toEqual(["next", "next"]);
  });

  it("has ended where there is nothing more and it cannot be sought in", () => {
    expect(new Rig("python").session.reachEnd(1)).toBe(true);
  });
});

describe("a camera of the page's", () => {
  it("shows the frame before one that the kernel does not have any more", () => {
    const rig = new Rig("camera");
    for (const id of [1, 2, 3]) rig.session.noteLive(id, id * 100);
    rig.session.pause();
    expect(rig.asked).toEqual(["show 3"]);
    rig.expire();
    expect(rig.asked).toEqual(["show 3", "show 2"]);
  });

  it("steps through what is kept, and not beyond it", () => {
    const rig = new Rig("camera");
    for (const id of [1, 2, 3]) rig.session.noteLive(id, id * 100);
    rig.session.step(-1);
    expect(rig.session.timeline()).toMatchObject({ id: 2, count: 3 });
    rig.session.step(-5);
    expect(rig.session.timeline()).toMatchObject({ id: 1 });
  });

  it("notes nothing new while it is paused", () => {
    const rig = new Rig("camera");
    rig.session.noteLive(1, 100);
    rig.session.pause();
    rig.session.noteLive(2, 200);
    expect(rig.session.timeline()).toMatchObject({ id: 1, count: 1 });
    rig.session.play();
    rig.session.noteLive(3, 300);
    expect(rig.session.timeline()).toMatchObject({ id: 3, count: 2 });
  });
});
