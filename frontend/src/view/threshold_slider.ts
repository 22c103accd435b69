/** The threshold slider under a histogram of the probabilities. */

import type { RenderProps } from "@anywidget/types";
import { element, setText, widgetRoot } from "../kit/dom";
import { traitSlider } from "../kit/range";
import type { Reference } from "../kit/reference";
import { svgElement } from "../kit/svg";
import { onVisibility } from "../kit/visibility";
import { coverage } from "../source/mask";
import { findStream } from "../stream/stream";
import type { HistogramInit, HistogramMessage, HistogramNews } from "./histogram_messages";

interface Traits {
  stream: Reference;
  value: number;
}

/** Number of bars. */
const BARS = 32;
const EMPTY = new Array<number>(BARS).fill(0);

/** Heights of the bars, 0 to 1, on a log scale: most pixels are close to 0 or 1. */
function barHeights(counts: Uint32Array): number[] {
  const bars = new Array<number>(BARS).fill(0);
  counts.forEach((count, value) => {
    const bar = Math.min(Math.floor((value * BARS) / 256), BARS - 1);
    bars[bar] = (bars[bar] ?? 0) + count;
  });
  const top = Math.log1p(Math.max(...bars));
  return bars.map((count) => (top ? Math.log1p(count) / top : 0));
}

/** The bars as two paths, below and above the threshold, which are cheap to redraw. */
class Chart {
  private readonly below = svgElement("path");
  private readonly above = svgElement("path", { class: "bodyseg-above" });
  readonly svg = svgElement(
    "svg",
    {
      class: "bodyseg-histogram",
      viewBox: `0 0 ${BARS} 1`,
      preserveAspectRatio: "none",
      "aria-hidden": "true",
    },
    this.below,
    this.above,
  );

  draw(heights: number[], threshold: number): void {
    const shapes = heights.map((height, bar) => {
      // Empty bars leave a line, so that the scale is visible.
      const tall = Math.max(height, 0.03);
      return `M${bar + 0.04} 1V${1 - tall}h.92V1z`;
    });
    const first = Math.ceil(threshold * BARS - 0.5);
    this.below.setAttribute("d", shapes.slice(0, first).join(""));
    this.above.setAttribute("d", shapes.slice(first).join(""));
  }
}

async function render({ model, el, signal, host }: RenderProps<Traits>) {
  const found = await findStream(host, model.get("stream"));
  if (!found || signal.aborted) return;
  widgetRoot(el, "bodyseg-threshold", "bodyseg-in-page");

  const chart = new Chart();
  const input = traitSlider(model, "Threshold");
  const number = element("b");
  const share = element("span");
  const person = element("span");
  share.append(person, element("span", { class: "bodyseg-of-image" }, " of the image"));
  el.append(
    chart.svg,
    input,
    element("div", { class: "bodyseg-legend" }, element("span", {}, "threshold ", number), share),
  );

  let counts: Uint32Array | null = null;
  let heights = EMPTY;
  const describe = () => {
    const value = model.get("value");
    setText(number, value.toFixed(2));
    chart.draw(heights, value);
    const percent = counts && (coverage(counts, value) * 100).toFixed(1);
    setText(person, percent ? `person ${percent} %` : "");
    share.hidden = !percent;
    input.setAttribute(
      "aria-valuetext",
      percent ? `${value.toFixed(2)}, person ${percent} percent of the image` : value.toFixed(2),
    );
  };

  model.on("change:value", describe);

  const init: HistogramInit = { stream: found.id };
  const port = found.source.display("histogram", init, [], signal);
  port.onmessage = ({ data }: MessageEvent<HistogramNews>) => {
    ({ counts } = data);
    heights = counts ? barHeights(counts) : EMPTY;
    describe();
  };
  const enable = () => {
    input.disabled = !found.source.controls.looks;
  };
  found.source.onState(enable, signal);
  enable();
  const tell = (visible: boolean) => port.postMessage({ visible } satisfies HistogramMessage);
  onVisibility(el, tell, signal);
  describe();
}

export default { render };
