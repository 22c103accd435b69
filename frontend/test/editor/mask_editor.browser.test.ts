/** A mask that is corrected with pointer and keys, as Python gets it. */
import { unzlibSync } from "fflate";
import { expect, it, vi } from "vitest";
import { commands, userEvent } from "vitest/browser";
import { brushed, type Pixel } from "../../src/editor/brush";
import { nextSize } from "../../src/editor/mask_editor";
import maskEditor from "../../src/widgets/mask_editor";
import { type FakeModel, FakePage } from "../fakes";
import { packed } from "../packed";

const [WIDTH, HEIGHT] = [64, 48];
/** How many pixels of the screen each of the image has. */
const SCALE = 10;
const PERSON = 255;

interface Editor {
  page: FakePage;
  model: FakeModel;
  el: HTMLElement;
  canvas: HTMLCanvasElement;
}

/** An editor that shows an image with a mask. */
async function open(mask = new Uint8Array(WIDTH * HEIGHT), traits = {}): Promise<Editor> {
  const canvas = new OffscreenCanvas(WIDTH, HEIGHT);
  canvas.getContext("2d")?.fillRect(0, 0, WIDTH, HEIGHT);
  const jpeg = await (await canvas.convertToBlob({ type: "image/jpeg" })).arrayBuffer();
  const page = new FakePage();
  const model = page.add(
    "editor",
    { name: "", tool: "brush", brush_size: 5, opacity: 0.5, mask_color: "#00a3a3", ...traits },
    maskEditor,
  );
  model.onSend = ({ content }) => {
    const answer = { kind: "edited", version: 0, width: WIDTH, height: HEIGHT };
    if (content.kind === "edit")
      queueMicrotask(() => model.deliver(answer, [new DataView(jpeg), packed(mask)]));
  };
  const { el } = await page.display("editor", WIDTH * SCALE);
  const found = el.querySelector(".bodyseg-editor-mask") as HTMLCanvasElement;
  await vi.waitFor(() => expect(found.width).toBe(WIDTH));
  return { page, model, el, canvas: found };
}

/** The masks that Python got. */
function got({ model }: Editor): Uint8Array[] {
  return model.sent
    .filter(({ content }) => content.kind === "painted")
    .map(({ buffers }) => unzlibSync(new Uint8Array(buffers[0] as ArrayBuffer)));
}

/** Wait for so many masks, and return the last. */
async function nth(editor: Editor, count: number): Promise<Uint8Array> {
  await vi.waitFor(() => expect(got(editor)).toHaveLength(count));
  return got(editor)[count - 1] as Uint8Array;
}

/** The middle of a pixel on the screen. */
function placeOf({ canvas }: Editor, { x, y }: Pixel): { x: number; y: number } {
  const { left, top, width, height } = canvas.getBoundingClientRect();
  return { x: left + ((x + 0.5) / WIDTH) * width, y: top + ((y + 0.5) / HEIGHT) * height };
}

async function drag(editor: Editor, from: Pixel, to: Pixel): Promise<void> {
  await commands.drag(placeOf(editor, from), placeOf(editor, to));
}

/** A mask with strokes on it. */
function painted(
  strokes: [from: Pixel, to: Pixel, size: number, value: number][],
): Uint8Array<ArrayBuffer> {
  const mask = new Uint8Array(WIDTH * HEIGHT);
  for (const [from, to, size, value] of strokes)
    brushed(from, to, size, { width: WIDTH, height: HEIGHT }, (index) => {
      mask[index] = value;
    });
  return mask;
}

/** What is seen of the mask: of each pixel whether it is covered. */
function seen({ canvas }: Editor): Uint8Array {
  const { data } = (canvas.getContext("2d") as CanvasRenderingContext2D).getImageData(
    0,
    0,
    WIDTH,
    HEIGHT,
  );
  return Uint8Array.from({ length: WIDTH * HEIGHT }, (_, index) => data[4 * index + 3] ?? 0);
}

function press({ el }: Editor, name: string): void {
  const found = [...el.querySelectorAll("button")].find((each) => each.textContent === name);
  if (!found) throw new Error(`There is no button ${name}`);
  found.click();
}

const at = (x: number, y: number) => ({ x, y });

it("paints along the way of the pointer, to the pixel, and sends and shows just that", async () => {
  const editor = await open();
  await drag(editor, at(10, 10), at(40, 10));
  const expected = painted([[at(10, 10), at(40, 10), 5, PERSON]]);
  expect(await nth(editor, 1)).toEqual(expected);
  expect(seen(editor)).toEqual(expected);
  expect(editor.el.textContent).toContain("person 5.6 % of the image");
});

it("erases, undoes and redoes", async () => {
  const editor = await open(painted([[at(32, 24), at(32, 24), 41, PERSON]]));
  const before = seen(editor);
  press(editor, "Eraser");
  expect(editor.model.lastSaved("tool")).toBe("eraser");
  await drag(editor, at(32, 0), at(32, 47));
  const erased = await nth(editor, 1);
  expect(erased[24 * WIDTH + 32]).toBe(0);
  expect(erased[24 * WIDTH + 36]).toBe(PERSON);
  press(editor, "Undo");
  expect(await nth(editor, 2)).toEqual(before);
  expect(seen(editor)).toEqual(before);
  editor.canvas.focus();
  await userEvent.keyboard("{Control>}{Shift>}z{/Shift}{/Control}");
  expect(await nth(editor, 3)).toEqual(erased);
  await userEvent.keyboard("{Control>}z{/Control}");
  expect(await nth(editor, 4)).toEqual(before);
});

it("paints with the keys, and says where the brush is", async () => {
  const editor = await open(undefined, { brush_size: 3 });
  editor.canvas.focus();
  // From the middle.
  await userEvent.keyboard("{ArrowLeft}{Shift>}{ArrowUp}{/Shift}");
  expect(editor.el.querySelector(".bodyseg-spoken")?.textContent).toBe("column 31, row 14: nobody");
  await userEvent.keyboard(" {ArrowRight}{ArrowRight}{ArrowDown}");
  expect(editor.el.querySelector(".bodyseg-spoken")?.textContent).toBe(
    "column 33, row 15: person, brush down",
  );
  await userEvent.keyboard(" ");
  expect(await nth(editor, 1)).toEqual(
    painted([
      [at(31, 14), at(33, 14), 3, PERSON],
      [at(33, 14), at(33, 15), 3, PERSON],
    ]),
  );
  await userEvent.keyboard("e");
  expect(editor.model.get("tool")).toBe("eraser");
  await userEvent.keyboard("]");
  expect(editor.model.get("brush_size")).toBe(4);
  await userEvent.keyboard("m");
  expect(editor.canvas.style.opacity).toBe("0");
});

it("paints at the image's own size also when it is zoomed", async () => {
  const editor = await open(undefined, { brush_size: 1 });
  const view = editor.el.querySelector(".bodyseg-editor-view") as HTMLElement;
  editor.canvas.focus();
  await userEvent.keyboard("+++");
  expect(editor.canvas.getBoundingClientRect().width).toBeGreaterThan(3 * view.clientWidth);
  // What was in the middle still is.
  await drag(editor, at(32, 24), at(34, 24));
  expect(await nth(editor, 1)).toEqual(painted([[at(32, 24), at(34, 24), 1, PERSON]]));
  await userEvent.keyboard("0");
  expect(editor.canvas.getBoundingClientRect().width).toBeCloseTo(view.clientWidth);
});

it("takes a second finger for zooming, and nothing of its stroke stays", async () => {
  const editor = await open();
  const touch = (type: string, pointerId: number, pixel: Pixel) => {
    const { x: clientX, y: clientY } = placeOf(editor, pixel);
    const init = { pointerType: "touch", pointerId, clientX, clientY, bubbles: true };
    editor.canvas.dispatchEvent(
      new PointerEvent(type, { ...init, isPrimary: pointerId === 1, buttons: 1 }),
    );
  };
  // A finger that is no real one cannot be captured.
  vi.spyOn(editor.canvas, "setPointerCapture").mockImplementation(() => undefined);
  touch("pointerdown", 1, at(20, 24));
  expect(seen(editor).some((each) => each > 0)).toBe(true);
  touch("pointerdown", 2, at(40, 24));
  expect(seen(editor).some((each) => each > 0)).toBe(false);
  const { width } = editor.canvas.getBoundingClientRect();
  touch("pointermove", 2, at(60, 24));
  expect(editor.canvas.getBoundingClientRect().width).toBeCloseTo(2 * width);
  touch("pointerup", 2, at(60, 24));
  touch("pointerup", 1, at(20, 24));
  expect(got(editor)).toEqual([]);
});

it("saves under the name that is typed, after all that was painted", async () => {
  const editor = await open();
  const name = editor.el.querySelector("input[type=text]") as HTMLInputElement;
  await drag(editor, at(10, 10), at(12, 10));
  await userEvent.fill(name, "anna");
  press(editor, "Save pair");
  await vi.waitFor(() => expect(editor.model.sent.at(-1)?.content.kind).toBe("save"));
  const [painting, saving] = editor.model.sent.slice(-2);
  const page = painting?.content.page;
  expect(painting?.content).toEqual({ kind: "painted", page, stroke: 1, version: 0 });
  expect(saving?.content).toEqual({ kind: "save", name: "anna", page, stroke: 2, version: 0 });
  // A message may overtake another one, so it has the mask, too.
  expect(saving?.buffers).toEqual(painting?.buffers);
  editor.model.deliver({ kind: "saved", message: "Saved anna in corrected." });
  const status = editor.el.querySelector(".bodyseg-editor-said");
  await vi.waitFor(() => expect(status?.textContent).toBe("Saved anna in corrected."));
});

it("shows a mask that Python sets, in all displays, and undoes it", async () => {
  const editor = await open();
  const second = await editor.page.display("editor", 200);
  const mask = painted([[at(5, 5), at(9, 9), 7, PERSON]]);
  editor.model.deliver({ kind: "mask", version: 3 }, [packed(mask)]);
  const canvas = second.el.querySelector(".bodyseg-editor-mask") as HTMLCanvasElement;
  await vi.waitFor(() => expect(seen({ ...editor, canvas })).toEqual(mask));
  expect(seen(editor)).toEqual(mask);
  expect(editor.model.sent.filter(({ content }) => content.kind === "edit")).toHaveLength(1);
  press(editor, "Undo");
  expect(await nth(editor, 1)).toEqual(new Uint8Array(WIDTH * HEIGHT));
  expect(editor.model.sent.at(-1)?.content.version).toBe(3);
});

it("says when the kernel is gone, and saves no more", async () => {
  const editor = await open();
  editor.model.lose();
  expect(editor.el.textContent).toContain("The kernel has ended");
  const save = [...editor.el.querySelectorAll("button")].find(
    ({ textContent }) => textContent === "Save pair",
  );
  expect(save?.disabled).toBe(true);
});

it("changes the size by a pixel at least, between the smallest and the largest", () => {
  expect([1, 4, 40, 300].map((size) => nextSize(size, true))).toEqual([2, 5, 50, 300]);
  expect([1, 2, 40, 300].map((size) => nextSize(size, false))).toEqual([1, 1, 32, 240]);
});
