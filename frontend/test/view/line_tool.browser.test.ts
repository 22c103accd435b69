/** A line that is drawn across an image with the mouse and with keys. */
import { expect, test, vi } from "vitest";
import { commands, userEvent } from "vitest/browser";
import { hold, waitUntilDrawn } from "../drawn";
import { FakeKernel } from "../fake_kernel";
import type { FakeModel } from "../fakes";

declare module "vitest/browser" {
  interface BrowserCommands {
    drag(from: Point, to: Point): Promise<void>;
  }
}

interface Point {
  x: number;
  y: number;
}

const LINE = [0.25, 0.5, 0.75, 0.5];

interface Panel {
  model: FakeModel;
  el: HTMLElement;
  canvas: HTMLCanvasElement;
}

/** Two views of one stream, the second mirrored; their lines are linked. */
async function openPanels(): Promise<[plain: Panel, mirrored: Panel]> {
  const kernel = new FakeKernel({ source: "sample" });
  kernel.addStream("stream");
  await kernel.page.display("webcam");
  const open = async (id: string, mirror: boolean): Promise<Panel> => {
    const model = kernel.addView(id, "stream", { mirror, view: "picture", line: LINE });
    const { el } = await kernel.page.display(id, 400);
    return { model, el, canvas: find(el, ".bodyseg-canvas") };
  };
  const [plain, mirrored] = [await open("plain", false), await open("mirrored", true)];
  link(plain.model, mirrored.model);
  link(mirrored.model, plain.model);
  kernel.webcam.receive({ running: true });
  for (const { el } of [plain, mirrored]) {
    hold(el);
    await waitUntilDrawn(el);
  }
  return [plain, mirrored];
}

/** As `jslink` does: what one gets, the other gets within the same call. */
function link(from: FakeModel, to: FakeModel): void {
  from.on("change:line", () => {
    if (to.get("line") === from.get("line")) return;
    to.set("line", from.get("line"));
    to.save_changes();
  });
}

function find<E extends Element = HTMLElement>(el: HTMLElement, selector: string): E {
  const found = el.querySelector<E>(selector);
  if (!found) throw new Error(`There is no ${selector}`);
  return found;
}

async function drag({ canvas }: Panel, from: [number, number], to: [number, number]) {
  const { left, top, width, height } = canvas.getBoundingClientRect();
  const [begin, end] = [from, to].map(([x, y]) => ({ x: left + x * width, y: top + y * height }));
  if (begin && end) await commands.drag(begin, end);
}

/** Where a panel shows the line: x and y of A, x and y of B. */
function seenLine({ el }: Panel): number[] {
  const line = find(el, ".bodyseg-line line");
  return ["x1", "y1", "x2", "y2"].map(
    (name) => Number.parseFloat(line.getAttribute(name) ?? "") / 100,
  );
}

function expectNear(numbers: unknown, expected: number[], digits = 2): void {
  expect(numbers).toEqual(expected.map((each) => expect.closeTo(each, digits)));
}

test("a line drawn across one image is seen in all, at the same places of the person", async () => {
  const [plain, mirrored] = await openPanels();
  expectNear(seenLine(plain), LINE);
  await drag(plain, [0.1, 0.3], [0.6, 0.9]);
  const [ax = 0, ay = 0, bx = 0, by = 0] = plain.model.get("line") as number[];
  expectNear([ax, ay, bx, by], [0.1, 0.3, 0.6, 0.9]);
  expectNear(seenLine(plain), [ax, ay, bx, by], 5);
  expectNear(seenLine(mirrored), [1 - ax, ay, 1 - bx, by], 5);
  for (const { model } of [plain, mirrored])
    await expect.poll(() => model.lastSaved("line")).toEqual([ax, ay, bx, by]);
});

test("an end is moved by dragging it and stays in the image", async () => {
  const [plain, mirrored] = await openPanels();
  // End A, at the left for the camera, is at the right of a mirrored image.
  await drag(mirrored, [0.75, 0.5], [0.6, 0.2]);
  expectNear(plain.model.get("line"), [0.4, 0.2, 0.75, 0.5]);
  expect((plain.model.get("line") as number[]).slice(2)).toEqual(LINE.slice(2));
  await drag(mirrored, [0.6, 0.2], [1.4, -0.5]);
  expect(plain.model.get("line")).toEqual([0, 0, ...LINE.slice(2)]);
  await expect.poll(() => plain.model.lastSaved("line")).toEqual([0, 0, ...LINE.slice(2)]);
});

test("a click leaves the line, and where there is none, none is drawn", async () => {
  const [plain] = await openPanels();
  const before = plain.model.saved.length;
  await drag(plain, [0.1, 0.1], [0.1, 0.1]);
  await twoFrames();
  expect(plain.model.get("line")).toBe(LINE);
  const none: number[] = [];
  plain.model.receive({ line: none });
  expect(getComputedStyle(find(plain.el, ".bodyseg-line")).display).toBe("none");
  await drag(plain, [0.1, 0.3], [0.6, 0.9]);
  await twoFrames();
  expect(plain.model.get("line")).toBe(none);
  expect(plain.model.saved.slice(before).filter((changes) => "line" in changes)).toEqual([]);
});

test("keys put the ends where the arrow keys are and say so", async () => {
  const [plain, mirrored] = await openPanels();
  plain.canvas.focus();
  await userEvent.keyboard("{Shift>}{ArrowLeft}{/Shift}a");
  expect(find(plain.el, ".bodyseg-spoken").textContent).toBe(
    "End A of the line, at 40 percent from the left, 50 percent from the top",
  );
  await userEvent.keyboard("{Shift>}{ArrowDown}{ArrowDown}{ArrowDown}{ArrowDown}{/Shift}b");
  for (const { model } of [plain, mirrored])
    await vi.waitFor(() => expectNear(model.lastSaved("line"), [0.4, 0.5, 0.4, 0.9], 10));
  expect(plain.canvas.getAttribute("aria-label")).toContain("press A or B to move that end");
});

/** Long enough for a change to be saved. */
async function twoFrames(): Promise<void> {
  for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
  await new Promise((resolve) => setTimeout(resolve, 50));
}
