/** The control of a source: Start, source picker, settings and status. */
import type { AnyWidget, RenderProps } from "@anywidget/types";
import type { Origin } from "../generated";
import { button, element, setText, widgetRoot } from "../kit/dom";
import { exported } from "../kit/reference";
import { accessKernel } from "../transport/kernel_access";
import { CAMERA, CHOOSE, sourceChoices } from "./choices";
import { disableWhenLost } from "./lost_controls";
import { WebcamSource } from "./webcam_source";
import type { WebcamTraits } from "./webcam_traits";

/** Sizes on offer. */
const SIZES: [width: number, height: number][] = [
  [320, 240],
  [640, 480],
  [1280, 720],
  [1920, 1080],
];
const RATES = [10, 15, 30, 60];

function render(source: WebcamSource, { model, el, signal }: RenderProps<WebcamTraits>) {
  widgetRoot(el, "bodyseg-webcam", "bodyseg-in-page");

  const toggle = button("Start", () => {
    if (source.controls.start.isOn) source.stop();
    else source.start();
  });
  const picker = select("Video source");
  const kernelDevice = element("input", {
    type: "number",
    min: "0",
    max: "99",
    class: "bodyseg-select bodyseg-number",
    "aria-label": "Number of the camera on the kernel's computer",
    title: "Number of the camera on the kernel's computer",
  });
  const size = select("Maximum frame size");
  const rate = select("Frame rate");
  const status = element("span", { class: "bodyseg-status", role: "status" });
  const files = element("input", {
    type: "file",
    accept: "image/*,video/*,.bodyseg,.mkv,.y4m,.mjpeg,.mjpg",
  });
  files.hidden = true;
  const [address, path] = addressBar();
  el.append(toggle, picker, kernelDevice, size, rate, address, files, status);

  const save = (changes: Partial<WebcamTraits>) => {
    for (const [name, value] of Object.entries(changes))
      model.set(name as keyof WebcamTraits, value as never);
    model.save_changes();
  };

  picker.addEventListener("change", () => {
    const { value } = picker;
    if (value.startsWith(CHOOSE)) {
      listSources();
      if (value === `${CHOOSE}file`) files.click();
      else showAddress(true);
      return;
    }
    showAddress(false);
    const camera = value.startsWith(CAMERA);
    if (camera) save({ device_id: value.slice(CAMERA.length), source: "camera" });
    else save({ source: value as Origin });
  });
  files.addEventListener("change", () => {
    const file = files.files?.[0];
    if (file) source.openFile(file);
    // So that the same file can be chosen again.
    files.value = "";
  });
  address.addEventListener("submit", (event) => {
    event.preventDefault();
    const value = path.value.trim();
    if (!value) return;
    showAddress(false);
    save({ path: value, source: "file" });
    source.start();
  });
  address.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    showAddress(false);
    picker.focus();
  });
  const showAddress = (shown: boolean) => {
    address.hidden = !shown;
    if (!shown) return;
    path.value = model.get("path");
    path.focus();
    path.select();
  };
  showAddress(false);
  kernelDevice.addEventListener("change", () => {
    const number = Math.round(kernelDevice.valueAsNumber);
    if (number >= 0 && number <= 99) save({ kernel_device: number });
  });
  size.addEventListener("change", () => {
    const [width, height] = size.value.split("x").map(Number);
    if (width && height) save({ width, height });
  });
  rate.addEventListener("change", () => save({ frame_rate: Number(rate.value) }));

  const listSources = () => {
    const now = model.get("source");
    const chosen = model.get("device_id");
    const choices = sourceChoices({
      source: now,
      devices: model.get("devices"),
      device: chosen,
      path: model.get("path"),
      images: model.get("_images_label"),
      hasStream: model.get("stream") !== null,
      mayOpen: model.get("page_may_open"),
    });
    const options = choices.map(({ label, value }) => new Option(label, value));
    picker.replaceChildren(...options);
    picker.value = now === "camera" ? CAMERA + chosen : now;
    kernelDevice.hidden = now !== "kernel camera";
    kernelDevice.value = String(model.get("kernel_device"));
    const asked = ["camera", "kernel camera"].includes(now);
    const [width, height] = [model.get("width"), model.get("height")];
    listNumbers(
      size,
      SIZES.map(([w, h]): [string, string] => [`${w} × ${h}`, `${w}x${h}`]),
      [`${width} × ${height}`, `${width}x${height}`],
    );
    const frames = model.get("frame_rate");
    listNumbers(
      rate,
      RATES.map((each): [string, string] => [`${each} fps`, String(each)]),
      [`${frames} fps`, String(frames)],
    );
    size.hidden = now === "stream";
    rate.hidden = !asked;
  };
  for (const name of [
    "devices",
    "device_id",
    "source",
    "stream",
    "path",
    "_images_label",
    "page_may_open",
    "kernel_device",
    "width",
    "height",
    "frame_rate",
  ])
    model.on(`change:${name}`, listSources);
  listSources();

  let hasRun = false;
  const showState = () => {
    const { condition, start, settings, status: said } = source.controls;
    toggle.classList.toggle("bodyseg-live", start.isOn);
    setText(toggle, start.text);
    toggle.disabled = !start.works;
    const fields = [...address.elements] as HTMLInputElement[];
    for (const control of [picker, size, rate, kernelDevice, ...fields])
      control.disabled = !settings;
    setText(status, said);
    el.classList.toggle("bodyseg-held", condition === "on hold");
    // The image does not say it.
    el.classList.toggle("bodyseg-told", source.pictures !== "sent");
    hasRun ||= start.isOn;
    // Plots and tables beside it keep what they show.
    el.classList.toggle("bodyseg-past", hasRun && !start.isOn);
  };
  source.onState(showState, signal);
  showState();
  source.watch(el, "control", signal);
  disableWhenLost(source, el, signal);
}

function select(label: string): HTMLSelectElement {
  return element("select", { class: "bodyseg-select", "aria-label": label, title: label });
}

/** Fill a picker with choices, and the current value if it is not among them. */
function listNumbers(
  picker: HTMLSelectElement,
  choices: [text: string, value: string][],
  held: [text: string, value: string],
): void {
  const all = choices.some(([, value]) => value === held[1]) ? choices : [held, ...choices];
  picker.replaceChildren(...all.map(([text, value]) => new Option(text, value)));
  picker.value = held[1];
}

/** A field for a path or a URL, and its button. */
function addressBar(): [HTMLFormElement, HTMLInputElement] {
  const path = element("input", {
    type: "text",
    class: "bodyseg-select bodyseg-path",
    placeholder: "clip.mp4 or https://…",
    "aria-label": "Path on the kernel's computer, or URL, of an image, video or recording",
    spellcheck: "false",
  });
  const open = element("button", { type: "submit", class: "bodyseg-button" }, "Open");
  return [element("form", { class: "bodyseg-address" }, path, open), path];
}

/** Called once per model, so that `render` has what `initialize` made. */
const widget: AnyWidget<WebcamTraits> = () => {
  let source: WebcamSource;
  return {
    initialize({ model, signal }) {
      // Not awaited: a widget that takes more than two seconds to initialize gets no messages.
      source = new WebcamSource(model, accessKernel(model, signal), signal);
      return exported(source, signal);
    },
    render: (props) => render(source, props),
  };
};

export default widget;
