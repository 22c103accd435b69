import { describe, expect, it } from "vitest";
import { find, freshNumber, provide } from "../../src/kit/page";

describe("the page's shelf", () => {
  it("hands out what is provided, before or after it was asked for", async () => {
    const signal = new AbortController().signal;
    const early = find<string>("a");
    provide("a", "thing", signal);
    expect(await early).toBe("thing");
    expect(await find<string>("a")).toBe("thing");
  });

  it("forgets what its widget took back", async () => {
    const controller = new AbortController();
    provide("b", "old", controller.signal);
    controller.abort();
    const next = find<string>("b");
    provide("b", "new", new AbortController().signal);
    expect(await next).toBe("new");
  });
});

describe("freshNumber", () => {
  it("gives each number once", () => {
    const numbers = [freshNumber(), freshNumber(), freshNumber()];
    expect(new Set(numbers).size).toBe(3);
  });
});
