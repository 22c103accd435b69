import { expect, test } from "vitest";
import { explain } from "../../src/drawing/shader";
import { digitsOf, leapOf } from "../../src/effects/parameter_controls";

const SOURCE = ["void main() {", "  color = vec4(sene, 1.0);", "}"].join("\n");

test("a compiler's words are told by line, with the line's text", () => {
  const log = "ERROR: 1:2: 'sene' : undeclared identifier\nERROR: 1:3: '' : syntax error\n\0";
  expect(explain(log, SOURCE)).toBe(
    [
      "Line 2: 'sene' : undeclared identifier",
      "    color = vec4(sene, 1.0);",
      "Line 3: '' : syntax error",
      "    }",
    ].join("\n"),
  );
});

test("what is wrong with a parameter's name is told as that", () => {
  expect(explain("ERROR: 0:47: 'mix' : redefinition of a built-in function", SOURCE)).toBe(
    "In the name of a parameter: 'mix' : redefinition of a built-in function",
  );
});

test("what is said in another way is told as it is", () => {
  expect(explain("too many uniforms\n", SOURCE)).toBe("too many uniforms");
});

test.each([
  [1, 0],
  [5, 0],
  [0.5, 1],
  [0.01, 2],
  [0.025, 3],
  [0.0005, 4],
  [1e-6, 6],
  [1 / 3, 6],
])("numbers in steps of %s have %s digits", (step, digits) => {
  expect(digitsOf(step)).toBe(digits);
});

test.each([
  [0, 20, 0.5, 5],
  [1, 50, 1, 10],
  [0, 1, 0.01, 0.1],
  [1, 10, 1, 3],
  [0, 3, 1, 1],
  [0, 1, 1, 1],
])("Page Up goes from %s toward %s in steps of %s by %s", (min, max, step, leap) => {
  expect(leapOf(min, max, step)).toBeCloseTo(leap);
});
