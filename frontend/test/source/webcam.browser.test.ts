/** A source and its control with the browser's own camera, which plays a test pattern. */
import { expect, test, vi } from "vitest";
import { page } from "vitest/browser";
import { FakeKernel } from "../fake_kernel";

/** Every camera track that is opened from now on. */
function recordTracks(): MediaStreamTrack[] {
  const tracks: MediaStreamTrack[] = [];
  const devices = navigator.mediaDevices;
  const getUserMedia = devices.getUserMedia.bind(devices);
  vi.spyOn(devices, "getUserMedia").mockImplementation(async (constraints) => {
    const stream = await getUserMedia(constraints);
    tracks.push(...stream.getTracks());
    return stream;
  });
  return tracks;
}

function openTracks(tracks: MediaStreamTrack[]): number {
  return tracks.filter(({ readyState }) => readyState === "live").length;
}

/** A source with its control and a view of one stream. */
async function open(kernel: FakeKernel): Promise<HTMLElement> {
  kernel.addStream("stream");
  kernel.addView("view", "stream");
  await kernel.page.display("webcam");
  const { el } = await kernel.page.display("view");
  return el;
}

const start = () => page.getByRole("button", { name: "Start" }).first().click();

function states({ webcam }: FakeKernel): unknown[] {
  return webcam.saved.flatMap((changes) => ("state" in changes ? [changes.state] : []));
}

test("it goes from idle by starting to live and back, and the camera with it", async () => {
  const tracks = recordTracks();
  const kernel = new FakeKernel();
  const view = await open(kernel);
  expect(view.innerText).toContain("The camera starts when you press Start");
  expect(tracks).toEqual([]);
  await start();
  await expect.poll(() => kernel.frames.length).toBeGreaterThan(2);
  expect(states(kernel)).toEqual(["starting", "live"]);
  await expect.poll(() => view.querySelector<HTMLElement>(".bodyseg-note")?.hidden).toBe(true);
  expect(openTracks(tracks)).toBe(1);
  await page.getByRole("button", { name: "Stop" }).click();
  expect(states(kernel)).toEqual(["starting", "live", "idle"]);
  expect(kernel.webcam.lastSaved("running")).toBe(false);
  expect(openTracks(tracks)).toBe(0);
});

test("a camera that is pulled out is told and starts again", async () => {
  const tracks = recordTracks();
  const kernel = new FakeKernel();
  const view = await open(kernel);
  await start();
  await expect.poll(() => kernel.frames.length).toBeGreaterThan(2);
  // No command pulls a plug; this is the event that the browser fires then.
  tracks[0]?.dispatchEvent(new Event("ended"));
  expect(view.innerText).toContain("The camera was disconnected");
  expect(states(kernel)).toEqual(["starting", "live", "failed"]);
  expect(kernel.webcam.lastSaved("message")).toContain("The camera was disconnected");
  expect(openTracks(tracks)).toBe(0);
  const before = kernel.frames.length;
  await start();
  await expect.poll(() => kernel.frames.length).toBeGreaterThan(before + 2);
  await expect.poll(() => view.querySelector<HTMLElement>(".bodyseg-note")?.hidden).toBe(true);
  expect(states(kernel).slice(3)).toEqual(["starting", "live"]);
});

test("the end of a source that was left does not end the one that runs", async () => {
  const tracks = recordTracks();
  const kernel = new FakeKernel();
  await open(kernel);
  await start();
  await expect.poll(() => kernel.frames.length).toBeGreaterThan(2);
  await page.getByRole("combobox", { name: "Video source" }).selectOptions("Sample image");
  await expect.poll(() => states(kernel).slice(2)).toEqual(["starting", "live"]);
  expect(kernel.webcam.lastSaved("source")).toBe("sample");
  const before = kernel.frames.length;
  tracks[0]?.dispatchEvent(new Event("ended"));
  await expect.poll(() => kernel.frames.length).toBeGreaterThan(before + 5);
  expect(kernel.webcam.get("state")).toBe("live");
});

test("frames are sent though only the control is displayed", async () => {
  const kernel = new FakeKernel({ source: "sample" });
  kernel.addStream("stream");
  await kernel.page.display("webcam");
  kernel.webcam.receive({ running: true });
  await expect.poll(() => kernel.frames.length).toBeGreaterThan(2);
  const jpeg = kernel.frames[0]?.buffers[0] ?? new ArrayBuffer(0);
  const { width, height } = await createImageBitmap(new Blob([jpeg], { type: "image/jpeg" }));
  expect([width, height]).toEqual([320, 240]);
});

/** How a page reads a track: Chromium's way, and that of other browsers. */
const WAYS = ["MediaStreamTrackProcessor", "requestVideoFrameCallback"];

function read(way: string): void {
  if (way === "requestVideoFrameCallback") vi.stubGlobal("MediaStreamTrackProcessor", undefined);
}

test.each(WAYS)("a camera is read with %s, and off after Stop", async (way) => {
  read(way);
  const tracks = recordTracks();
  const kernel = new FakeKernel();
  await open(kernel);
  await start();
  await expect.poll(() => kernel.frames.length).toBeGreaterThan(10);
  await page.getByRole("button", { name: "Stop" }).click();
  expect(openTracks(tracks)).toBe(0);
  const before = kernel.frames.length;
  await start();
  await expect.poll(() => kernel.frames.length).toBeGreaterThan(before + 10);
});

test.each(WAYS)("a still image is repeated, read with %s", async (way) => {
  read(way);
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: 320, height: 240 });
  const context = canvas.getContext("2d");
  const kernel = new FakeKernel({ source: "stream", stream: "anywidget:still" });
  const model = kernel.page.add("still", {});
  Object.assign(model, {
    captureStream: async () => {
      const stream = canvas.captureStream();
      context?.fillRect(0, 0, 320, 240);
      return stream;
    },
  });
  await open(kernel);
  kernel.webcam.receive({ running: true });
  await expect.poll(() => kernel.frames.length, { timeout: 5000 }).toBeGreaterThan(2);
  const jpeg = kernel.frames.at(-1)?.buffers[0] ?? new ArrayBuffer(0);
  const { width, height } = await createImageBitmap(new Blob([jpeg], { type: "image/jpeg" }));
  expect([width, height]).toEqual([320, 240]);
});

test("a browser that is too old is told which are not", async () => {
  vi.stubGlobal("VideoFrame", undefined);
  const kernel = new FakeKernel();
  const { el } = await kernel.page.display("webcam");
  await expect.poll(() => el.innerText).toContain("Chrome or Edge 116");
  expect(el.querySelector<HTMLButtonElement>("button")?.disabled).toBe(true);
});

test("no frame is taken while the tab is hidden, and the next one as soon as it is not", async () => {
  const kernel = new FakeKernel();
  await open(kernel);
  await start();
  await expect.poll(() => kernel.frames.length).toBeGreaterThan(2);
  const hidden = vi.spyOn(document, "visibilityState", "get").mockReturnValue("hidden");
  document.dispatchEvent(new Event("visibilitychange"));
  await new Promise((resolve) => setTimeout(resolve, 200));
  const before = kernel.frames.length;
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(kernel.frames).toHaveLength(before);
  hidden.mockRestore();
  document.dispatchEvent(new Event("visibilitychange"));
  await expect.poll(() => kernel.frames.length).toBeGreaterThan(before + 2);
});
