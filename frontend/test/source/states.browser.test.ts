/** What the controls beside an image say and do when its source stops, is elsewhere, or is lost. */
import { expect, test } from "vitest";
import type { RecorderState } from "../../src/generated";
import thresholdSlider from "../../src/widgets/threshold_slider";
import timeline from "../../src/widgets/timeline";
import viewRecorder from "../../src/widgets/view_recorder";
import { canvasOf, hold, pixels, waitUntilDrawn } from "../drawn";
import { FakeKernel } from "../fake_kernel";

/** A sample with a view, its threshold, its timeline and a recorder, all displayed. */
async function open(traits: { running?: boolean; _page?: string } = {}) {
  const kernel = new FakeKernel({ source: "sample", ...traits });
  kernel.addStream("stream");
  kernel.addView("view", "stream");
  kernel.page.add("threshold", { stream: "anywidget:stream", value: 0.5 }, thresholdSlider);
  kernel.page.add("timeline", { webcam: "anywidget:webcam", loop: false }, timeline);
  const recording = kernel.page.add("recording", {});
  const recorder = kernel.page.add(
    "recorder",
    {
      _channel: "anywidget:recording",
      _media_types: ["video/webm"],
      recording: false,
      rate: 15,
      seconds: 0,
      bytes: 0,
      state: "idle" satisfies RecorderState,
      message: "",
    },
    viewRecorder,
  );
  // What is recorded is an explorer.
  const explorer = document.createElement("div");
  explorer.className = "bodyseg-explorer";
  document.body.append(explorer);
  const elements: HTMLElement[] = [];
  for (const id of ["webcam", "view", "threshold", "timeline", "recorder"]) {
    const { el } = await kernel.page.display(id);
    explorer.append(el);
    elements.push(el);
  }
  const [control, view, threshold, line, record] = elements as [
    HTMLElement,
    HTMLElement,
    HTMLElement,
    HTMLElement,
    HTMLElement,
  ];
  return { kernel, recording, recorder, control, view, threshold, line, record };
}

type Opened = Awaited<ReturnType<typeof open>>;

const noteOf = (view: HTMLElement) => view.querySelector<HTMLElement>(".bodyseg-note");
const button = (el: HTMLElement) => el.querySelector("button") as HTMLButtonElement;
const bars = (threshold: HTMLElement) =>
  [...threshold.querySelectorAll("path")].map((path) => path.getAttribute("d")).join("");
/** Whether each visible control is disabled. */
const disabled = (el: HTMLElement) =>
  [...el.querySelectorAll<HTMLInputElement>("button, input, select")]
    .filter((each) => each.checkVisibility())
    .map((each) => each.disabled);
const isBlank = (view: HTMLElement) => !pixels(canvasOf(view)).some((value) => value > 0);

async function start({ control, view, threshold }: Opened): Promise<void> {
  button(control).click();
  await expect.poll(() => threshold.innerText).toContain("person 50.0 % of the image");
  await expect.poll(() => noteOf(view)?.hidden).toBe(true);
}

test("after Stop nothing is left of the image, of its histogram and its percentage", async () => {
  const opened = await open();
  const { kernel, control, view, threshold } = opened;
  const empty = bars(threshold);
  await start(opened);
  hold(view);
  await waitUntilDrawn(view);
  expect(bars(threshold)).not.toBe(empty);
  expect(isBlank(view)).toBe(false);
  kernel.webcam.receive({ running: false });
  await expect.poll(() => bars(threshold)).toBe(empty);
  expect(threshold.innerText).not.toContain("%");
  expect(threshold.querySelector("input")?.getAttribute("aria-valuetext")).toBe("0.50");
  expect(noteOf(view)?.innerText).toContain("Press Start");
  expect(canvasOf(view).getAttribute("aria-label")).toBe("No image yet");
  await expect.poll(() => isBlank(view)).toBe(true);
  // And all comes again.
  expect(button(control).textContent).toBe("Start");
  await start(opened);
});

test("in a second window it says where it runs, and Start brings it here", async () => {
  const opened = await open({ running: true, _page: "another page" });
  const { kernel, control, view, line } = opened;
  await expect.poll(() => noteOf(view)?.innerText).toContain("It runs in another window.");
  expect(noteOf(view)?.innerText).not.toContain("Press Start to begin");
  expect(noteOf(view)?.querySelector("button")?.textContent).toBe("Start here");
  expect(control.querySelector(".bodyseg-status")?.textContent).toBe("It runs in another window.");
  expect(button(control).textContent).toBe("Start here");
  expect(disabled(line)).not.toContain(false);
  await start(opened);
  expect(kernel.webcam.lastSaved("_page")).not.toBe("another page");
  expect(button(control).textContent).toBe("Stop");
  // The other window takes it back.
  kernel.webcam.receive({ _page: "another page", running: true });
  await expect.poll(() => noteOf(view)?.innerText).toContain("It runs in another window.");
});

test("a closing page stops, and tells Python with one message that no other window takes for its own", async () => {
  const opened = await open();
  const { kernel } = opened;
  await start(opened);
  const page = kernel.webcam.get("_page");
  const saved = kernel.webcam.saved.length;
  globalThis.dispatchEvent(new PageTransitionEvent("pagehide"));
  expect(kernel.channel.sent.filter(({ content }) => content.kind === "leave")).toEqual([
    { content: { kind: "leave", page }, buffers: [] },
  ]);
  expect(kernel.webcam.saved.slice(saved)).toEqual([]);
  // No frame is sent any more.
  const frames = kernel.frames.length;
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(kernel.frames.length - frames).toBeLessThanOrEqual(1);
  // Where the browser brings it back after all, Python has heard.
  kernel.webcam.receive({ running: false, _page: "" });
  expect(button(opened.control).textContent).toBe("Start");
  await start(opened);
});

test("Stop holds though the lost connection kept it from Python, which says that it runs", async () => {
  const opened = await open();
  const { kernel, control } = opened;
  await start(opened);
  const page = kernel.webcam.get("_page");
  button(control).click();
  expect(button(control).textContent).toBe("Start");
  // What JupyterLab does when the connection is back: it takes over the kernel's values.
  kernel.webcam.receive({ _page: page, running: true });
  expect(kernel.webcam.get("running")).toBe(false);
  expect(kernel.webcam.lastSaved("running")).toBe(false);
  expect(button(control).textContent).toBe("Start");
  // Python may still start it, and so may its button.
  kernel.webcam.receive({ running: true, _page: "" });
  await expect.poll(() => button(control).textContent).toBe("Stop");
  button(control).click();
  await start(opened);
});

test("after a kernel restart nothing that needs Python can be pressed, and the image stays", async () => {
  const opened = await open();
  const { kernel, recording, control, view, threshold, line, record } = opened;
  await start(opened);
  kernel.channel.lose();
  recording.lose();
  expect(noteOf(view)?.innerText).toBe(
    "The kernel was restarted or shut down. Run the cell again to continue.",
  );
  expect(noteOf(view)?.classList).toContain("bodyseg-strip");
  expect(button(control).textContent).toBe("Start");
  expect(disabled(control)).not.toContain(false);
  expect(disabled(line)).not.toContain(false);
  expect(disabled(record)).toEqual([true]);
  // Nothing was recorded, so no file has anything.
  expect(record.innerText.trim()).toBe("Record view");
  // The threshold still changes the image that is left, and its numbers are those of it.
  expect(threshold.querySelector("input")?.disabled).toBe(false);
  expect(threshold.innerText).toContain("person 50.0 % of the image");
});

test("a kernel restart before the first image leaves nothing to change", async () => {
  const { kernel, threshold, view } = await open();
  await expect.poll(() => noteOf(view)?.innerText).toContain("Press Start");
  kernel.channel.lose();
  await expect.poll(() => threshold.querySelector("input")?.disabled).toBe(true);
});

test("a recorder that a kernel restart cut off says that its file has the video", async () => {
  const opened = await open();
  const { recording, recorder, record } = opened;
  await start(opened);
  const asked = new Promise<string>((resolve) => {
    recording.onSend = ({ content }) => {
      if (content.kind === "ask") resolve(content.recording as string);
    };
  });
  recorder.receive({ recording: true, state: "starting" });
  recording.deliver({ kind: "begin", recording: await asked, type: "video/webm", rate: 15 });
  recorder.receive({ state: "recording" });
  recording.lose();
  expect(record.innerText).toContain("The file has the video except for the last second.");
});

test("what knows of no source is disabled around one that is lost, unless it works in the page", async () => {
  const opened = await open();
  const { kernel, control, threshold } = opened;
  const explorer = control.parentElement as HTMLElement;
  const add = (html: string, to = explorer) => {
    to.insertAdjacentHTML("beforeend", html);
    return to.lastElementChild as HTMLElement;
  };
  const picker = add("<select></select>") as HTMLSelectElement;
  const mirror = add('<div class="bodyseg-in-page"><button></button></div>');
  const record = add(
    '<div class="bodyseg-record-stream"><button aria-pressed="true"></button></div>',
  );
  const message = add(
    '<div class="bodyseg-record-message"><span role="status">Recording to a.</span></div>',
  );
  const elsewhere = add("<button></button>", document.body) as HTMLButtonElement;
  await start(opened);
  expect([picker.disabled, ...disabled(mirror), ...disabled(record)]).not.toContain(true);
  kernel.channel.lose();
  expect([picker.disabled, ...disabled(mirror), ...disabled(record)]).toEqual([true, false, true]);
  expect(threshold.querySelector("input")?.disabled).toBe(false);
  expect(button(record).getAttribute("aria-pressed")).toBe("false");
  expect(message.innerText).toBe(
    "The kernel was restarted or shut down, so the recording ended there.",
  );
  const late = add("<button>A part that came late</button>") as HTMLButtonElement;
  await expect.poll(() => late.disabled).toBe(true);
  expect(elsewhere.disabled).toBe(false);
  elsewhere.remove();
});
