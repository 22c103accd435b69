import { beforeEach, expect, test, vi } from "vitest";
import type { SharedImage } from "../../src/source/worker/shared_image";
import type { ImageNews } from "../../src/view/image_messages";
import { ImageSurface } from "../../src/view/worker/image_surface";

/** What waits for the next animation frame. */
let animations: (() => void)[] = [];

beforeEach(() => {
  animations = [];
  vi.useFakeTimers();
  vi.stubGlobal("requestAnimationFrame", (callback: () => void) => animations.push(callback));
  vi.stubGlobal("cancelAnimationFrame", () => undefined);
});

function animate(): void {
  for (const callback of animations.splice(0)) callback();
}

/** A surface whose full size is held; `show` gives it the frame of this number. */
function heldSurface() {
  const heard: ImageNews[] = [];
  const drawn: number[] = [];
  const port = { postMessage: (news: ImageNews) => heard.push(news) } as unknown as MessagePort;
  let image: SharedImage | null = null;
  const owner = {
    get image() {
      return image;
    },
    draw: () => drawn.push(image?.id ?? Number.NaN) > 0,
    overlaid: () => ({ skeletons: [], marked: null, number: null }),
    textAt: () => null,
  };
  const { signal } = new AbortController();
  const surface = new ImageSurface({} as OffscreenCanvas, port, owner, signal);
  surface.receive({ kind: "look", look: {} });
  surface.receive({ kind: "size", size: { width: 64, height: 48, ratio: 1 } });
  surface.receive({ kind: "full_size", held: true });
  surface.receive({ kind: "visible", visible: true });
  const show = (id: number) => {
    image = { id, bitmap: { width: 640, height: 480 } } as SharedImage;
    surface.drawSoon();
  };
  const told = () =>
    heard.flatMap((news) => {
      if (news.kind === "drawn") return [`drawn ${news.id}`];
      return news.kind === "drawing" ? ["drawing"] : [];
    });
  return { surface, show, drawn, told };
}

test("who reads an image hears of each frame before it is drawn, and after it was", () => {
  const { surface, show, drawn, told } = heldSurface();
  show(1);
  animate();
  expect(drawn).toEqual([]);
  surface.receive({ kind: "ready" });
  animate();
  vi.runAllTimers();
  expect(drawn).toEqual([1]);
  expect(told()).toEqual(["drawing", "drawn 1"]);
});

test("a frame is not announced before the page has heard that the last one was drawn", () => {
  const { surface, show, drawn, told } = heldSurface();
  show(1);
  surface.receive({ kind: "ready" });
  animate();
  show(2);
  show(3);
  expect(told()).toEqual(["drawing"]);
  vi.runAllTimers();
  expect(told()).toEqual(["drawing", "drawn 1", "drawing"]);
  surface.receive({ kind: "ready" });
  animate();
  vi.runAllTimers();
  expect(told()).toEqual(["drawing", "drawn 1", "drawing", "drawn 3"]);
  expect(drawn).toEqual([1, 3]);
});
