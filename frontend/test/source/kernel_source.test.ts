import { expect, it, vi } from "vitest";
import type { KernelMessage, PageMessage } from "../../src/generated";
import { Listeners } from "../../src/kit/listeners";
import { EffectResults } from "../../src/source/effect_result";
import { Frames } from "../../src/source/frames";
import { openInKernel } from "../../src/source/kernel_source";
import { Session } from "../../src/source/session";
import { StreamResults } from "../../src/source/stream_results";
import type { Channel } from "../../src/transport/channel";

it("notes what is wrong with a source that goes on", async () => {
  const messages = new Listeners<[KernelMessage, DataView[]]>();
  const sent: PageMessage["kind"][] = [];
  const { signal } = new AbortController();
  const channel: Channel = {
    alive: true,
    send: ({ kind }) => sent.push(kind),
    onMessage: (listener, until) => messages.add(listener, until),
    onLost: () => {},
  };
  const [results, effects] = [new StreamResults(), new EffectResults()];
  const frames = new Frames(channel, "page", results, effects, () => false, signal);
  const session = new Session("file", 1, frames, {
    history: () => 10,
    isSeen: () => true,
    setPaused: () => {},
    changed: () => {},
    fail: () => {},
  });
  const listener = { progress: vi.fn(), failed: vi.fn(), ended: vi.fn(), noticed: vi.fn() };
  const wanted = {
    source: "file",
    path: "clip.avi",
    device: 0,
    width: 640,
    height: 480,
    frame_rate: 30,
  };
  const opened = openInKernel(channel, "page", session, wanted, listener);
  const address = { page: "page", video: 1 };
  messages.notify({ kind: "opened", ...address, label: "clip.avi", rate: 25, length: 10 }, []);
  await opened;
  expect(sent).toContain("open");
  expect(session.notice).toBe("");
  messages.notify({ kind: "notice", ...address, text: "1 part is damaged." }, []);
  expect(session.notice).toBe("1 part is damaged.");
  expect(listener.noticed).toHaveBeenCalledOnce();
  messages.notify({ kind: "notice", ...address, video: 2, text: "Of another session." }, []);
  expect(session.notice).toBe("1 part is damaged.");
});
