import { expect, test, vi } from "vitest";
import { ShaderTurns } from "../../src/effects/worker/shader_turns";

const none = () => undefined;

test("one has the turn at a time, and whoever asked meanwhile hears when it is free", () => {
  const turns = new ShaderTurns();
  const giveBack = turns.take(none);
  const second = vi.fn();
  const gone = vi.fn();
  expect(turns.take(second)).toBeNull();
  expect(turns.take(gone)).toBeNull();
  turns.leave(gone);
  expect(second).not.toHaveBeenCalled();
  giveBack?.();
  expect(second).toHaveBeenCalledOnce();
  expect(gone).not.toHaveBeenCalled();
  expect(turns.take(none)).not.toBeNull();
});

test("turns go round", () => {
  const turns = new ShaderTurns();
  const had: string[] = [];
  const waiting: (() => void)[] = [];
  const asks = (name: string) => {
    const begin = () => {
      const giveBack = turns.take(begin);
      if (!giveBack) return;
      had.push(name);
      waiting.push(() => {
        giveBack();
        begin();
      });
    };
    begin();
  };
  for (const name of ["a", "b", "c"]) asks(name);
  for (let round = 0; round < 5; round += 1) waiting.shift()?.();
  expect(had).toEqual(["a", "b", "c", "a", "b", "c"]);
});
