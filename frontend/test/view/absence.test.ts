import { describe, expect, it } from "vitest";
import { Absence } from "../../src/view/worker/absence";

describe("Absence", () => {
  it("is told after a second without people", () => {
    const absence = new Absence();
    expect(absence.note(0, 5000)).toBe(false);
    expect(absence.note(0, 5990)).toBe(false);
    expect(absence.note(0, 6000)).toBe(true);
  });

  it("ends with the first person, and begins again", () => {
    const absence = new Absence();
    absence.note(0, 0);
    expect(absence.note(1, 2000)).toBe(false);
    expect(absence.note(0, 2100)).toBe(false);
    expect(absence.note(0, 3100)).toBe(true);
  });

  it("is forgotten with the model", () => {
    const absence = new Absence();
    absence.note(0, 0);
    absence.forget();
    expect(absence.note(0, 2000)).toBe(false);
  });
});
