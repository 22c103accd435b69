/** Masks per second and where the time goes. */
import type { RenderProps } from "@anywidget/types";

import { element, setText, widgetRoot } from "../kit/dom";
import { modelId, type Reference } from "../kit/reference";
import { onTick } from "../kit/tick";
import { STAGES, type Stage, type Stats } from "../source/stats";
import { findStream, type Stream } from "../stream/stream";
import type { Way } from "../transport/way";

interface Traits {
  stream: Reference;
  compact: boolean;
}

const INTERVAL = 500;

const TITLES: Record<Stage, string> = {
  capture: "Grabbing and encoding the frame, in the browser",
  up: "From the browser to Python",
  wait: "Waiting for the previous frame to finish",
  decode: "Decoding the frame",
  infer: "Running the network",
  down: "From Python to the browser",
  draw: "Waiting for the screen and drawing",
};

async function render({ model, el, signal, host }: RenderProps<Traits>) {
  const found = await findStream(host, model.get("stream"));
  if (!found || signal.aborted) return;
  const { source } = found;
  let show: Show;
  let { stream } = found;
  const update = () => {
    const way = source.pictures === "stay" ? null : source.way;
    show(source.stats(modelId(model.get("stream"))), way, stream);
  };
  const build = () => {
    el.replaceChildren();
    el.classList.remove("bodyseg-rate", "bodyseg-times");
    show = model.get("compact") ? compact(el) : full(el);
    update();
  };
  model.on("change:compact", build);
  model.on("change:stream", async () => {
    const reference = model.get("stream");
    const next = await findStream(host, reference);
    if (next && reference === model.get("stream")) ({ stream } = next);
  });
  build();
  onTick(update, INTERVAL, signal);
}

type Running = Pick<Stream, "runningOn" | "runningWhy">;
type Show = (stats: Stats | null, way: Way | null, stream: Running) => void;

/** What pickers call it, too. */
const ON = { "": "", wasm: "processor", webgpu: "graphics card" } as const;

function compact(el: HTMLElement): Show {
  widgetRoot(el, "bodyseg-rate");
  const [rate, time] = [element("b"), element("b")];
  const on = element("span", { class: "bodyseg-running-on" });
  el.append(
    element("span", { title: "Masks drawn per second" }, rate, " fps"),
    element("span", { title: "Time to run the network" }, time, " ms"),
    on,
  );
  return (stats, _, { runningOn, runningWhy }) => {
    setText(on, ON[runningOn]);
    on.title = runningWhy;
    on.hidden = runningOn === "";
    setText(rate, stats ? stats.rate.toFixed(0) : "–");
    setText(time, stats ? stats.stages.infer.toFixed(1) : "–");
  };
}

function full(el: HTMLElement): Show {
  widgetRoot(el, "bodyseg-times");
  const heading = element("p", { class: "bodyseg-times-total" });
  const bar = element("div", { class: "bodyseg-times-bar", "aria-hidden": "true" });
  const list = element("ul");
  const rows = STAGES.map((stage) => {
    const part = element("i", { "data-stage": stage });
    const value = element("b");
    bar.append(part);
    list.append(
      element(
        "li",
        { title: TITLES[stage] },
        element("i", { "data-stage": stage }),
        `${stage} `,
        value,
      ),
    );
    return { stage, part, value };
  });
  const direction = element("p", { class: "bodyseg-times-way" });
  const running = element("p", { class: "bodyseg-running-on" });
  el.append(heading, bar, list, direction, running);
  return (stats, way, { runningOn, runningWhy }) => {
    const said = runningOn ? `The network runs on this computer's ${ON[runningOn]}. ` : "";
    setText(running, `${said}${runningWhy}`);
    setText(direction, way ? directionOf(way) : "");
    el.classList.toggle("bodyseg-empty", stats === null);
    setText(
      heading,
      stats
        ? `${stats.total.toFixed(0)} ms from camera to screen, ${stats.rate.toFixed(0)} masks a second`
        : "Times appear here while the source is running.",
    );
    for (const { stage, part, value } of rows) {
      const ms = stats?.stages[stage] ?? 0;
      part.style.flexGrow = String(ms);
      setText(value, stats ? ms.toFixed(ms < 10 ? 1 : 0) : "–");
    }
  };
}

function directionOf(way: Way): string {
  return way.kind === "direct"
    ? "Frames go directly to the kernel."
    : `Frames go through Jupyter: ${way.why}.`;
}

export default { render };
