import { expect, it } from "vitest";
import { MOST_STEPS, NOBODY, PaintedMask, PERSON } from "../../src/editor/painted_mask";

const at = (x: number, y: number) => ({ x, y });

/** Which pixels are a person, as row and column. */
function people(mask: PaintedMask): string {
  const found: string[] = [];
  mask.data.forEach((value, index) => {
    if (value === PERSON) found.push(`${index % mask.width},${Math.floor(index / mask.width)}`);
  });
  return found.join(" ");
}

function dot(mask: PaintedMask, x: number, y: number, value = PERSON): boolean {
  mask.paint(at(x, y), at(x, y), 1, value);
  return mask.finish();
}

it("undoes and redoes strokes, one after the other, each as a whole", () => {
  const mask = new PaintedMask(new Uint8Array(20), 5, 4);
  mask.paint(at(0, 0), at(1, 0), 1, PERSON);
  mask.paint(at(1, 0), at(1, 1), 1, PERSON);
  expect(mask.finish()).toBe(true);
  expect(dot(mask, 1, 0, NOBODY)).toBe(true);
  expect(people(mask)).toBe("0,0 1,1");
  expect(mask.undo()).toEqual({ left: 1, top: 0, right: 2, bottom: 1 });
  expect(people(mask)).toBe("0,0 1,0 1,1");
  mask.undo();
  expect(people(mask)).toBe("");
  expect([mask.canUndo, mask.canRedo, mask.undo()]).toEqual([false, true, null]);
  mask.redo();
  mask.redo();
  expect(people(mask)).toBe("0,0 1,1");
  expect([mask.canUndo, mask.canRedo, mask.redo()]).toEqual([true, false, null]);
});

it("forgets what was undone with a new stroke", () => {
  const mask = new PaintedMask(new Uint8Array(4), 2, 2);
  dot(mask, 0, 0);
  mask.undo();
  dot(mask, 1, 1);
  expect(mask.canRedo).toBe(false);
  expect(people(mask)).toBe("1,1");
});

it("takes no stroke that changes nothing for one", () => {
  const mask = new PaintedMask(new Uint8Array(4), 2, 2);
  expect(dot(mask, 0, 0, NOBODY)).toBe(false);
  expect(dot(mask, 9, 9)).toBe(false);
  expect(mask.canUndo).toBe(false);
});

it("takes back what was drawn of a stroke, also where it went twice", () => {
  const mask = new PaintedMask(Uint8Array.of(PERSON, NOBODY, NOBODY, NOBODY), 4, 1);
  mask.paint(at(0, 0), at(2, 0), 1, PERSON);
  mask.paint(at(2, 0), at(0, 0), 1, PERSON);
  expect(people(mask)).toBe("0,0 1,0 2,0");
  expect(mask.cancel()).toEqual({ left: 0, top: 0, right: 3, bottom: 1 });
  expect(people(mask)).toBe("0,0");
  expect([mask.canUndo, mask.cancel()]).toEqual([false, null]);
});

it("takes another mask as one step", () => {
  const mask = new PaintedMask(Uint8Array.of(PERSON, NOBODY), 2, 1);
  mask.replace(Uint8Array.of(NOBODY, PERSON));
  expect(people(mask)).toBe("1,0");
  expect(mask.coverage).toBe(0.5);
  mask.undo();
  expect(people(mask)).toBe("0,0");
});

it("keeps so many steps and no more", () => {
  const mask = new PaintedMask(new Uint8Array(MOST_STEPS + 1), MOST_STEPS + 1, 1);
  for (let x = 0; x <= MOST_STEPS; x += 1) dot(mask, x, 0);
  for (let step = 0; step < MOST_STEPS; step += 1) expect(mask.undo()).not.toBeNull();
  expect(mask.undo()).toBeNull();
  expect(people(mask)).toBe("0,0");
});
