import { expect, test, vi } from "vitest";
import { Together } from "../../src/source/worker/together";

function signal(): AbortSignal {
  return new AbortController().signal;
}

test("what several have requested is done at once, and once", () => {
  const soon = vi.fn();
  const done: string[] = [];
  const together = new Together(soon);
  const [a, b] = ["a", "b", "c"].map((name) => together.join(() => done.push(name), signal()));
  a?.();
  b?.();
  a?.();
  expect(soon).toHaveBeenCalledTimes(3);
  expect(done).toEqual([]);
  together.act();
  expect(done).toEqual(["a", "b"]);
  together.act();
  expect(done).toEqual(["a", "b"]);
});

test("what has ended is not done", () => {
  const together = new Together(() => undefined);
  const ending = new AbortController();
  const act = vi.fn();
  together.join(act, ending.signal)();
  ending.abort();
  together.act();
  expect(act).not.toHaveBeenCalled();
});

test("what fails is reported, and the rest is done", () => {
  const reported: unknown[] = [];
  vi.stubGlobal("reportError", (error: unknown) => reported.push(error));
  const together = new Together(() => undefined);
  const error = new Error("This is a test.");
  const fail = () => {
    throw error;
  };
  const act = vi.fn();
  for (const each of [fail, act]) together.join(each, signal())();
  together.act();
  expect(act).toHaveBeenCalled();
  expect(reported).toEqual([error]);
});
