import { describe, expect, it } from "vitest";
import { personColor } from "../../src/drawing/class_colors";
import type { View } from "../../src/generated";
import { type Mask, NO_PLANES, WHOLE } from "../../src/source/mask";
import { DrawnLook, drawnMask, type PlaneLook, seenNumbers } from "../../src/view/drawn_look";

const CLASSES = [
  { value: 4, name: "hair" },
  { value: 6, name: "skin" },
];
/** Two pixels of people, and one of the background. */
const mask: Mask = {
  ...{ data: Uint8Array.of(255, 200, 90), width: 3, height: 1, region: WHOLE },
  labels: Uint8Array.of(4, 6, 0),
  people: Uint8Array.of(1, 2, 0),
  meaning: null,
  classLevels: new Map([[6, Uint8Array.of(1, 2, 3)]]),
};
const pose = (id: number | null) => ({ id, keypoints: [] });
const look = (view: View, changes: Partial<PlaneLook> = {}): PlaneLook => ({
  ...{ view, threshold: 0.5, opacity: 0.7, maskColor: [0, 0, 0], mirror: false },
  ...{ classes: CLASSES, heatmapOf: null, palette: "rainbow" },
  ...changes,
});
const colorAt = (table: Uint8Array | undefined, number: number) =>
  [...(table ?? [])].slice(4 * number, 4 * number + 4);

describe("DrawnLook", () => {
  it("colors the plane of the view, and no other view's", () => {
    const found = { mask, poses: [] };
    const drawn = new DrawnLook();
    const parts = drawn.of(found, look("parts"));
    expect(parts.colored?.plane).toBe(mask.labels);
    expect(colorAt(parts.colored?.colors, 4)).toEqual([110, 64, 170, 255]);
    expect(colorAt(parts.colored?.colors, 5)).toEqual([0, 0, 0, 0]);
    expect(drawn.of(found, look("people")).colored?.plane).toBe(mask.people);
    expect(drawn.of(found, look("mask")).colored).toBeNull();
  });

  it("keeps a person's color with the id, wherever it comes", () => {
    const drawn = new DrawnLook();
    const colors = (...ids: (number | null)[]) =>
      drawn.of({ mask, poses: ids.map(pose) }, look("people")).colored?.colors;
    const third = [...personColor(3, "rainbow"), 255];
    expect(colorAt(colors(3, 1), 1)).toEqual(third);
    expect(colorAt(colors(1, 3), 2)).toEqual(third);
    // Without ids, it is the place.
    expect(colorAt(colors(null, null, null), 3)).toEqual(third);
  });

  it("makes the colors anew for another palette only", () => {
    const drawn = new DrawnLook();
    const colors = (palette: PlaneLook["palette"]) =>
      drawn.of({ mask, poses: [] }, look("parts", { palette })).colored?.colors;
    const first = colors("rainbow");
    expect(colors("rainbow")).toBe(first);
    expect(colors("colorblind")).not.toEqual(first);
  });

  it("draws the mask of a result that does not have the view's plane", () => {
    const found = { mask: { ...mask, ...NO_PLANES }, poses: [] };
    for (const view of ["parts", "people"] as const)
      expect(new DrawnLook().of(found, look(view))).toMatchObject({ view: "mask", colored: null });
  });

  it("draws no heatmap while the probability of its class has not come", () => {
    const [hair = null, skin = null] = CLASSES;
    const found = { mask, poses: [] };
    const viewOf = (heatmapOf: PlaneLook["heatmapOf"]) =>
      new DrawnLook().of(found, look("heatmap", { heatmapOf })).view;
    expect([null, skin, hair].map(viewOf)).toEqual(["heatmap", "heatmap", "picture"]);
  });
});

describe("drawnMask", () => {
  it("has the probability of the class whose heatmap is shown", () => {
    const heatmapOf = CLASSES[1] ?? null;
    expect([...drawnMask(mask, look("heatmap", { heatmapOf })).data]).toEqual([1, 2, 3]);
    expect(drawnMask(mask, look("mask", { heatmapOf }))).toBe(mask);
    expect(drawnMask(mask, look("heatmap"))).toBe(mask);
  });
});

describe("seenNumbers", () => {
  it("lists the classes, or the people, of pixels above the threshold", () => {
    const found = { mask, poses: [pose(5), pose(2)] };
    expect(seenNumbers(found, look("parts"))).toEqual([4, 6]);
    expect(seenNumbers(found, look("parts", { threshold: 0.9 }))).toEqual([4]);
    expect(seenNumbers(found, look("people"))).toEqual([5, 2]);
    expect(seenNumbers(found, look("mask"))).toEqual([]);
  });
});
