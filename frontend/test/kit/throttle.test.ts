import { beforeEach, describe, expect, it, vi } from "vitest";
import { Throttle } from "../../src/kit/throttle";

describe("what is done seldom", () => {
  beforeEach(() => void vi.useFakeTimers());

  const make = () => {
    const [action, ending] = [vi.fn(), new AbortController()];
    return { action, ending, throttle: new Throttle(action, 100, ending.signal) };
  };

  it("is done at once, the first time", () => {
    const { action, throttle } = make();
    throttle.request();
    expect(action).toHaveBeenCalledTimes(1);
  });

  it("is done once for all that was asked meanwhile, and after the last of it", () => {
    const { action, throttle } = make();
    throttle.request();
    vi.advanceTimersByTime(30);
    throttle.request();
    vi.advanceTimersByTime(30);
    throttle.request();
    expect(action).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(40);
    expect(action).toHaveBeenCalledTimes(2);
    vi.advanceTimersByTime(1000);
    expect(action).toHaveBeenCalledTimes(2);
  });

  it("is done at once after a while without", () => {
    const { action, throttle } = make();
    throttle.request();
    vi.advanceTimersByTime(100);
    throttle.request();
    expect(action).toHaveBeenCalledTimes(2);
  });

  it("is not done any more after the end", () => {
    const { action, ending, throttle } = make();
    throttle.request();
    throttle.request();
    ending.abort();
    vi.advanceTimersByTime(1000);
    expect(action).toHaveBeenCalledTimes(1);
  });
});
