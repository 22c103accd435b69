import { expect, test } from "vitest";
import { explain } from "../../src/drawing/shader";
import { digitsOf, titleOf } from "../../src/effects/custom_effect_controls";

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

test("a name of Python's is written as people do", () => {
  expect(titleOf("edge_blur")).toBe("edge blur");
});
