import { expect, test } from "vitest";
import { Parameters } from "../../src/drawing/parameters";

test("painters get the values of an effect's parameters, and no others", () => {
  const parameters = new Parameters({ tint: "#102030", soft: true });
  expect(parameters.switch("soft")).toBe(true);
  expect(parameters.color("tint")).toEqual([16, 32, 48]);
  expect(() => parameters.number("blur")).toThrow('no number "blur"; its parameters are tint');
  expect(() => parameters.number("tint")).toThrow('no number "tint"');
});
