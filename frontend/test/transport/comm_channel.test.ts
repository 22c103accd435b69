import type { AnyModel } from "@anywidget/types";
import { describe, expect, it } from "vitest";
import type { Loss } from "../../src/transport/channel";
import { CommChannel } from "../../src/transport/comm_channel";

/** A model of a widget manager, and what was sent by it. */
function fakeModel() {
  const listeners = new Map<string, Set<(...args: unknown[]) => void>>();
  const sent: unknown[] = [];
  const model = {
    widget_manager: {},
    send: (message: unknown) => sent.push(message),
    on(name: string, listener: () => void) {
      if (!listeners.has(name)) listeners.set(name, new Set());
      listeners.get(name)?.add(listener);
    },
    off: (name: string, listener: () => void) => listeners.get(name)?.delete(listener),
  };
  const fire = (name: string, ...args: unknown[]) => {
    for (const listener of listeners.get(name) ?? []) listener(...args);
  };
  const count = () => [...listeners.values()].reduce((sum, { size }) => sum + size, 0);
  return { model: model as unknown as AnyModel, fire, sent, count };
}

const signal = () => new AbortController().signal;

describe("CommChannel", () => {
  it("hands on the messages of the model's comm", () => {
    const { model, fire, sent } = fakeModel();
    const channel = new CommChannel<string, string>(model, signal());
    const heard: string[] = [];
    channel.onMessage((message) => heard.push(message), signal());
    fire("msg:custom", "from the kernel", []);
    channel.send("from the page");
    expect([heard, sent]).toEqual([["from the kernel"], ["from the page"]]);
  });

  it.each([
    ["destroy", "closed"],
    ["comm_live_update", "kernel"],
  ] as const)("is lost with %s, once, and sends nothing any more", (event, why) => {
    const { model, fire, sent } = fakeModel();
    const channel = new CommChannel<string, string>(model, signal());
    const losses: Loss[] = [];
    channel.onLost((loss) => losses.push(loss), signal());
    fire(event);
    fire(event);
    channel.send("too late");
    expect([losses, channel.alive, sent]).toEqual([[why], false, []]);
  });

  it("of a model that was saved without its kernel is lost from the beginning", () => {
    const { model, sent } = fakeModel();
    const channel = new CommChannel<string, string>(
      Object.assign(model, { comm_live: false }),
      signal(),
    );
    channel.send("to no one");
    expect([channel.alive, sent]).toEqual([false, []]);
  });

  it("leaves nothing at a model that lives on", () => {
    const { model, count } = fakeModel();
    const view = new AbortController();
    new CommChannel(model, view.signal);
    expect(count()).toBeGreaterThan(0);
    view.abort();
    expect(count()).toBe(0);
  });
});
