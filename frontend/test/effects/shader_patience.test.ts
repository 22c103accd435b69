import { expect, test } from "vitest";
import {
  LONGEST,
  ShaderPatience,
  SLOW,
  SLOW_IN_A_ROW,
} from "../../src/effects/worker/shader_patience";

const LOOK = 10;

/** Wait for a frame that takes so long, in ms. */
function draw(patience: ShaderPatience, duration: number): void {
  patience.begin();
  for (let waited = 0; waited < duration; waited += LOOK)
    expect(patience.wait(LOOK), `after ${waited} ms`).toBeNull();
}

test("a frame that takes longer than a frame may is endless", () => {
  const patience = new ShaderPatience();
  draw(patience, LONGEST);
  expect(patience.wait(LOOK)).toBe("endless");
});

test("a slow frame is nothing, several in a row are", () => {
  const patience = new ShaderPatience();
  const verdicts = [2 * SLOW, 2 * SLOW, SLOW / 2, ...new Array(SLOW_IN_A_ROW).fill(2 * SLOW)].map(
    (duration) => {
      draw(patience, duration);
      return patience.end();
    },
  );
  expect(verdicts).toEqual([null, null, null, null, null, "slow"]);
});

test("time in which the worker itself stood still does not count", () => {
  const patience = new ShaderPatience();
  patience.begin();
  expect(patience.wait(60_000)).toBeNull();
  expect(patience.end()).toBeNull();
});

test("a reset after some time is the shader's, and so is a second one at once", () => {
  const patience = new ShaderPatience();
  draw(patience, 2 * SLOW);
  expect(patience.lose()).toBe("lost");
  const other = new ShaderPatience();
  draw(other, LOOK);
  expect(other.lose()).toBeNull();
  draw(other, LOOK);
  expect(other.end()).toBeNull();
  draw(other, LOOK);
  expect(other.lose()).toBeNull();
  draw(other, LOOK);
  expect(other.lose()).toBe("lost");
});
