/** The source's control: start and stop, which camera, what is wrong. */
import type { InitializeProps, RenderProps } from "@anywidget/types";
import { button, element, setText, widgetRoot } from "./dom";
import { find, provide } from "./page";
import type { Source } from "./source";
import { WebcamSource, type WebcamTraits } from "./webcam_source";

/** Prefix of a camera's entry in the picker; the other entries are names of sources. */
const CAMERA = "camera:";

function initialize({ model, signal }: InitializeProps<WebcamTraits>) {
  provide<Source>(model.get("_key"), new WebcamSource(model, signal), signal);
}

async function render({ model, el, signal }: RenderProps<WebcamTraits>) {
  const source = await find<WebcamSource>(model.get("_key"));
  if (signal.aborted) return;
  widgetRoot(el, "bodyseg-webcam");

  const toggle = button("Start", () => {
    if (isRunning()) source.stop();
    else source.start();
  });
  const picker = element("select", {
    class: "bodyseg-select",
    "aria-label": "Source of the pictures",
  });
  const status = element("span", { class: "bodyseg-status", role: "status" });
  el.append(toggle, picker, status);

  picker.addEventListener("change", () => {
    const camera = picker.value.startsWith(CAMERA);
    if (camera) model.set("device_id", picker.value.slice(CAMERA.length));
    model.set("source", camera ? "camera" : (picker.value as WebcamTraits["source"]));
    model.save_changes();
  });

  const listSources = () => {
    const devices = model.get("devices");
    const chosen = model.get("device_id");
    const options = [new Option("Camera: default", CAMERA)];
    for (const { id, label } of devices) options.push(new Option(`Camera: ${label}`, CAMERA + id));
    if (chosen && !devices.some(({ id }) => id === chosen))
      options.push(new Option("Camera: not connected", CAMERA + chosen));
    if (model.get("stream")) options.push(new Option("ipywebrtc stream", "stream"));
    options.push(new Option("Sample picture", "sample"));
    picker.replaceChildren(...options);
    picker.value = model.get("source") === "camera" ? CAMERA + chosen : model.get("source");
  };
  for (const name of ["devices", "device_id", "source", "stream"])
    model.on(`change:${name}`, listSources);
  listSources();

  const isRunning = () => ["live", "starting", "waiting"].includes(source.state.kind);
  const showState = () => {
    const { kind, message } = source.state;
    const running = isRunning();
    toggle.classList.toggle("bodyseg-live", running);
    setText(toggle, running ? "Stop" : "Start");
    toggle.disabled = kind === "lost";
    picker.disabled = kind === "lost";
    setText(status, message);
  };
  source.onState(showState, signal);
  showState();
  source.watch(el, "control", signal);
}

export default { initialize, render };
