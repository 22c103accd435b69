/** A source and its control with the browser's own camera, which plays a test pattern. */
import { expect, onTestFinished, test, vi } from "vitest";
import { page } from "vitest/browser";
import { PATIENCE_SECONDS } from "../../src/generated";
import { holdFullSize } from "../../src/kit/full_size";
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

test("after Stop, and not before Start, plots beside it are said to be of before", async () => {
  const kernel = new FakeKernel();
  await open(kernel);
  const explorer = document.createElement("div");
  explorer.className = "bodyseg-explorer";
  const plot = document.createElement("div");
  plot.className = "bodyseg-plot";
  explorer.append(plot);
  document.body.append(explorer);
  onTestFinished(() => explorer.remove());
  const control = document.querySelector(".bodyseg-webcam");
  if (control) explorer.append(control);
  const said = () => getComputedStyle(plot, "::after").content;
  expect(said()).toBe("none");
  await start();
  await expect.poll(() => states(kernel)).toEqual(["starting", "live"]);
  expect(said()).toBe("none");
  await page.getByRole("button", { name: "Stop" }).click();
  expect(said()).toBe('"before Stop"');
});

test("of a notebook that was saved without its kernel, it says so, and Start is off", async () => {
  const kernel = new FakeKernel();
  Object.assign(kernel.channel, { comm_live: false });
  const view = await open(kernel);
  await expect.poll(() => view.innerText).toContain("saved without its kernel. Run the cell");
  await expect.element(page.getByRole("button", { name: "Start" }).first()).toBeDisabled();
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

/** A view far below the control, and the camera on. */
async function startAbove(kernel: FakeKernel): Promise<HTMLElement> {
  const view = await open(kernel);
  view.style.marginTop = "200vh";
  view.scrollIntoView();
  kernel.webcam.receive({ running: true });
  await expect.poll(() => kernel.frames.length).toBeGreaterThan(2);
  return view;
}

/** Let the time pass that nobody has to need frames, or no control to be displayed. */
function losePatience(): void {
  vi.advanceTimersByTime(1000 * PATIENCE_SECONDS);
}

const patiently = () => vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });

test("with nobody looking or asking it is on hold, then the camera is off, until someone does", async () => {
  patiently();
  const tracks = recordTracks();
  const kernel = new FakeKernel();
  const view = await startAbove(kernel);
  window.scrollTo(0, 0);
  await expect.poll(() => kernel.webcam.get("state")).toBe("on hold");
  expect(kernel.webcam.lastSaved("message")).toContain("On hold: no view is on screen");
  expect(openTracks(tracks)).toBe(1);
  losePatience();
  expect(openTracks(tracks)).toBe(0);
  expect(kernel.webcam.lastSaved("message")).toContain("The camera is off");
  expect(kernel.webcam.get("running")).toBe(true);
  const status = document.querySelector(".bodyseg-status")?.textContent;
  expect(status).toContain("The camera is off");
  await expect.element(page.getByRole("button", { name: "Stop" })).toBeInTheDocument();
  const before = kernel.frames.length;
  view.scrollIntoView();
  await expect.poll(() => kernel.frames.length).toBeGreaterThan(before + 2);
  expect(states(kernel).slice(2)).toEqual(["on hold", "starting", "live"]);
  expect(openTracks(tracks)).toBe(1);
  // The session is the same: its timeline goes on.
  const videos = new Set(kernel.frames.map(({ content }) => content.video));
  expect(videos.size).toBe(1);
});

test("it goes on while Python asks, though it is scrolled away", async () => {
  patiently();
  const tracks = recordTracks();
  const kernel = new FakeKernel({ _wanted: true });
  await startAbove(kernel);
  window.scrollTo(0, 0);
  losePatience();
  const before = kernel.frames.length;
  await expect.poll(() => kernel.frames.length).toBeGreaterThan(before + 5);
  kernel.webcam.receive({ _wanted: false });
  await expect.poll(() => kernel.webcam.get("state")).toBe("on hold");
  losePatience();
  expect(openTracks(tracks)).toBe(0);
  kernel.webcam.receive({ _wanted: true });
  await expect.poll(() => kernel.webcam.get("state")).toBe("live");
  expect(openTracks(tracks)).toBe(1);
});

test("it goes on while its image is read, though it is scrolled away", async () => {
  const kernel = new FakeKernel();
  const view = await startAbove(kernel);
  const reading = new AbortController();
  holdFullSize(view.querySelector(".bodyseg-frame") as HTMLElement, reading.signal);
  window.scrollTo(0, 0);
  const canvas = view.querySelector("canvas") as HTMLCanvasElement;
  const drawn = () => view.querySelector<HTMLElement>(".bodyseg-frame")?.dataset.drawn ?? "";
  await expect.poll(drawn).not.toBe("");
  const before = Number(drawn());
  await expect.poll(() => Number(drawn())).toBeGreaterThan(before + 3);
  expect(canvas.width).toBe(320);
  reading.abort();
  await expect.poll(() => kernel.webcam.get("state")).toBe("on hold");
});

test("while its Stop button has no place on the page, the camera is off, whoever asks", async () => {
  patiently();
  const tracks = recordTracks();
  const kernel = new FakeKernel({ _wanted: true });
  const output = document.createElement("div");
  document.body.append(output);
  kernel.addStream("stream");
  const { el } = await kernel.page.display("webcam");
  output.append(el);
  await start();
  await expect.poll(() => kernel.frames.length).toBeGreaterThan(2);
  output.hidden = true;
  await expect.poll(() => kernel.webcam.get("state")).toBe("on hold");
  losePatience();
  expect(openTracks(tracks)).toBe(0);
  expect(kernel.webcam.lastSaved("message")).toContain("its Stop button is not on the page");
  output.hidden = false;
  const before = kernel.frames.length;
  await expect.poll(() => kernel.frames.length).toBeGreaterThan(before + 2);
  output.remove();
});

test("Python's start opens no camera while the Stop button has no place on the page", async () => {
  const tracks = recordTracks();
  const kernel = new FakeKernel({ _wanted: true });
  const { el } = await kernel.page.display("webcam");
  kernel.addStream("stream");
  el.style.display = "none";
  kernel.webcam.receive({ running: true });
  await expect.poll(() => kernel.webcam.get("state")).toBe("on hold");
  expect(tracks).toEqual([]);
  el.style.display = "";
  await expect.poll(() => kernel.frames.length).toBeGreaterThan(2);
});

test("what Python starts and no page displays is told by Python alone", async () => {
  const tracks = recordTracks();
  const kernel = new FakeKernel();
  kernel.addStream("stream");
  kernel.addView("view", "stream");
  const { el } = await kernel.page.display("view");
  kernel.webcam.receive({ running: true, state: "on hold", message: "Display it." });
  expect(el.innerText).toContain("Display the Webcam too");
  expect([kernel.webcam.get("state"), kernel.webcam.get("message")]).toEqual([
    "on hold",
    "Display it.",
  ]);
  expect(tracks).toEqual([]);
  await kernel.page.display("webcam");
  await expect.poll(() => kernel.webcam.get("state")).toBe("live");
  expect(kernel.webcam.get("message")).toBe("");
});

test("a cell that is moved does not stop it, and one that is removed does", async () => {
  patiently();
  const tracks = recordTracks();
  const kernel = new FakeKernel();
  kernel.addStream("stream");
  const first = await kernel.page.display("webcam");
  await start();
  await expect.poll(() => kernel.frames.length).toBeGreaterThan(2);
  first.remove();
  const second = await kernel.page.display("webcam");
  await expect.poll(() => kernel.webcam.get("state")).toBe("live");
  losePatience();
  const before = kernel.frames.length;
  await expect.poll(() => kernel.frames.length).toBeGreaterThan(before + 2);
  expect(tracks).toHaveLength(1);
  second.remove();
  losePatience();
  expect(openTracks(tracks)).toBe(0);
  expect(kernel.webcam.lastSaved("running")).toBe(false);
  expect(kernel.webcam.get("state")).toBe("idle");
});

test("while the tab is hidden, a frame is taken only if Python asks, and the next as soon as it is not", async () => {
  const kernel = new FakeKernel();
  await open(kernel);
  await start();
  await expect.poll(() => kernel.frames.length).toBeGreaterThan(2);
  const hidden = vi.spyOn(document, "visibilityState", "get").mockReturnValue("hidden");
  document.dispatchEvent(new Event("visibilitychange"));
  expect(kernel.webcam.get("state")).toBe("on hold");
  await new Promise((resolve) => setTimeout(resolve, 200));
  const before = kernel.frames.length;
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(kernel.frames).toHaveLength(before);
  kernel.webcam.receive({ _wanted: true });
  await expect.poll(() => kernel.frames.length).toBeGreaterThan(before + 2);
  kernel.webcam.receive({ _wanted: false });
  hidden.mockRestore();
  document.dispatchEvent(new Event("visibilitychange"));
  await expect.poll(() => kernel.frames.length).toBeGreaterThan(before + 2);
});
