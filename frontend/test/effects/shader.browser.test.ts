/** Shaders, drawn by SwiftShader in the frame worker. */
import { expect, test } from "vitest";
import { page } from "vitest/browser";
import type { EffectSpec } from "../../src/generated";
import { canvasOf, hold, pixels, waitUntilDrawn } from "../drawn";
import { FakeKernel } from "../fake_kernel";
import type { FakeModel } from "../fakes";
import { prepareWorkers } from "../workers";

const DECLARATIONS = `
uniform sampler2D frame, probability, previous, background;
uniform vec2 size;
uniform float time, threshold;
in vec2 place;
out vec4 color;`;

const RED = "void main() { color = vec4(1.0, 0.0, 0.0, 1.0); }";
const GREEN = "void main() { color = vec4(0.0, 1.0, 0.0, 1.0); }";
/** Takes longer than a shader may take on any processor, for four pixels, and yet ends. */
const LONG = `
void main() {
  float sum = 0.0;
  int rounds = all(lessThan(gl_FragCoord.xy, vec2(2.0))) ? 1000000000 : 1;
  for (int round = 0; round < rounds; round += 1) sum = fract(sum * 1.7 + place.x + threshold);
  color = vec4(sum, 0.0, 1.0, 1.0);
}`;

const problem = page.getByRole("group", { name: "Error in the effect" });

function shader(name: string, source: string): EffectSpec {
  return {
    name,
    label: name,
    kind: "shader",
    parameters: [],
    needs: null,
    otherwise: "",
    shader: { declarations: DECLARATIONS, source },
  };
}

/** A running source, whose views show these shaders, one each; empty for the plain image. */
async function open(shaders: Record<string, string>, ...shown: string[]) {
  const kernel = new FakeKernel({ source: "sample" });
  const own = Object.entries(shaders).map(([name, source]) => shader(name, source));
  await kernel.page.display("webcam");
  const views: { model: FakeModel; el: HTMLElement }[] = [];
  for (const [index, effect] of shown.entries()) {
    kernel.addStream(`stream ${index}`);
    const look = effect ? { view: "effect", effect } : { view: "picture" };
    const model = kernel.addView(`view ${index}`, `stream ${index}`, {
      _custom_effects: own,
      frame_number: false,
      mirror: false,
      ...look,
    });
    const { el } = await kernel.page.display(`view ${index}`);
    views.push({ model, el });
  }
  kernel.webcam.receive({ running: true });
  return { kernel, views };
}

/** The color in the middle of what a view shows. */
function middle(el: HTMLElement): number[] {
  const canvas = canvasOf(el);
  const at = 4 * (canvas.width * Math.floor(canvas.height / 2) + Math.floor(canvas.width / 2));
  return [...pixels(canvas).slice(at, at + 3)];
}

async function expectColor(el: HTMLElement, color: number[]): Promise<void> {
  await expect.poll(() => middle(el), { timeout: 30_000 }).toEqual(color);
}

/** Wait until a source has sent more frames. */
async function expectFrames(kernel: FakeKernel, more = 20): Promise<void> {
  const before = kernel.frames.length;
  await expect.poll(() => kernel.frames.length, { timeout: 20_000 }).toBeGreaterThan(before + more);
}

const head = (name: string) =>
  `The shader \u201c${name}\u201d was stopped. Showing the original frame.`;

async function expectStopped(name: string, why: string): Promise<void> {
  const said = () => problem.query()?.textContent;
  await expect.poll(said, { timeout: 20_000 }).toContain(head(name));
  expect(said()).toContain(why);
}

/** The image is brown, and has more red than blue everywhere. */
function expectOriginal(el: HTMLElement): void {
  const [red = 0, , blue = 255] = middle(el);
  expect(red).toBeGreaterThan(blue);
}

test("a shader that takes too long is stopped with a sentence, and all else goes on", async () => {
  const { kernel, views } = await open({ long: LONG, red: RED }, "long", "");
  const [long, plain] = views;
  if (!long || !plain) throw new Error("There are no views");
  // The source does not wait for what is drawn.
  await expectFrames(kernel);
  await expectStopped("long", "One frame took it longer than 2 seconds.");
  expect(long.model.lastSaved("_shader_error")).toContain("Shorten its loops");
  await expectFrames(kernel);
  for (const { el } of [long, plain]) expectOriginal(el);
  // Where it is shown, too, it is not tried.
  long.model.receive({ effect: "red" });
  plain.model.receive({ view: "effect", effect: "red" });
  await expect.poll(() => problem.query()).toBeNull();
  for (const { el } of [long, plain]) await expectColor(el, [255, 0, 0]);
  // The graphics card first has to finish what it has begun.
}, 60_000);

test("a shader that resets the graphics does not come back with them", async () => {
  prepareWorkers(`
    const { prototype } = WebGL2RenderingContext;
    prototype.clientWaitSync = function () {
      this.since ??= performance.now();
      if (performance.now() - this.since > 1000)
        this.getExtension("WEBGL_lose_context").loseContext();
      return this.TIMEOUT_EXPIRED;
    };
  `);
  const { kernel, views } = await open({ reset: RED }, "reset");
  await expectStopped("reset", "The browser had to reset its graphics while this shader drew");
  await expectFrames(kernel);
  await expectStopped("reset", "The browser had to reset");
  const [view] = views;
  if (view) expectOriginal(view.el);
  // Whoever displays it once more does not bring it back, either.
  await kernel.page.display("view 0");
  await expect.poll(() => problem.elements().length).toBe(2);
  for (const each of problem.elements()) expect(each.textContent).toContain(head("reset"));
});

test("graphics that were reset for another reason draw the same shader again", async () => {
  prepareWorkers(`
    const { prototype } = WebGL2RenderingContext;
    const { fenceSync } = prototype;
    let fences = 0;
    prototype.fenceSync = function (...options) {
      fences += 1;
      if (fences === 5) this.getExtension("WEBGL_lose_context").loseContext();
      return fenceSync.apply(this, options);
    };
  `);
  const { kernel, views } = await open({ red: RED }, "red");
  const [view] = views;
  if (!view) throw new Error("There is no view");
  await expectFrames(kernel);
  await expectColor(view.el, [255, 0, 0]);
  expect(problem.query()).toBeNull();
});

test("whoever reads an image gets what a shader makes of the frame whose number it has", async () => {
  const { kernel, views } = await open({ red: RED }, "red");
  const [view] = views;
  if (!view) throw new Error("There is no view");
  await expectColor(view.el, [255, 0, 0]);
  hold(view.el);
  kernel.webcam.receive({ paused: true });
  await waitUntilDrawn(view.el);
  expect(middle(view.el)).toEqual([255, 0, 0]);
  view.model.receive({ _custom_effects: [shader("red", GREEN)] });
  await waitUntilDrawn(view.el);
  expect(middle(view.el)).toEqual([0, 255, 0]);
});
