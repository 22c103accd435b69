/** Draws all panels of an explorer into one image. */
import { requireContext } from "../kit/canvas";
import { holdFullSize } from "../kit/full_size";
import { arrange, type Box, type Fit, fitTo, TITLE_HEIGHT, videoSize, wrap } from "./compose";

interface Panel {
  frame: HTMLElement;
  title: string;
  place: Box;
}

/** Size of the checkerboard's squares behind cut-outs, as in the style sheet. */
const SQUARE = 10;
const SQUARE_COLOR = "rgba(128, 128, 128, 0.22)";
const STRIP_COLOR = "rgba(0, 0, 0, 0.78)";
const LINE_HEIGHT = 18;
const PADDING = 12;

/** The panels' images that are displayed. */
export function panelFrames(root: HTMLElement): HTMLElement[] {
  return [...root.querySelectorAll<HTMLElement>(".bodyseg-frame")].filter(
    (frame) => frame.clientWidth > 0 && frame.clientHeight > 0,
  );
}

/** A panel's title, from the text and pickers in its head. */
function titleOf(frame: HTMLElement): string {
  const head = frame.closest(".bodyseg-panel")?.querySelector(".bodyseg-head");
  const parts = [...(head?.querySelectorAll<HTMLElement>(".bodyseg-title, select") ?? [])];
  return parts
    .filter((part) => part.offsetParent !== null)
    .map((part) =>
      part instanceof HTMLSelectElement ? part.selectedOptions[0]?.text : part.textContent,
    )
    .filter(Boolean)
    .join(" · ");
}

/** A canvas with all panels; it keeps its initial size. While it is used, they draw at full size. */
export class ViewImage {
  readonly canvas = document.createElement("canvas");
  private readonly context: CanvasRenderingContext2D;
  private panels: Panel[] = [];
  private readonly held = new WeakSet<HTMLElement>();
  private fit: Fit = { scale: 1, left: 0, top: 0 };
  private font = "";
  private colors = { paper: "", ink: "", shade: "" };
  private readonly squares: CanvasPattern | null;

  /** @param signal ends drawing at full size */
  constructor(
    private readonly root: HTMLElement,
    private readonly signal: AbortSignal,
  ) {
    this.context = requireContext(this.canvas.getContext("2d", { alpha: false }));
    this.squares = this.context.createPattern(squaresTile(), "repeat");
    const layout = arrange(panelFrames(root).map((frame) => frame.getBoundingClientRect()));
    [this.canvas.width, this.canvas.height] = videoSize(layout);
    this.layOut();
  }

  /** Update panels, places, titles and theme from the page. */
  layOut(): void {
    const { canvas, context, root } = this;
    const frames = panelFrames(root);
    const layout = arrange(frames.map((frame) => frame.getBoundingClientRect()));
    this.panels = frames.map((frame, index) => ({
      frame,
      title: titleOf(frame),
      place: layout.places[index] as Box,
    }));
    const style = getComputedStyle(root);
    const color = (name: string) => style.getPropertyValue(`--bodyseg-${name}`).trim();
    this.colors = { paper: color("paper"), ink: color("ink"), shade: color("shade") };
    this.font = `13px ${style.fontFamily}`;
    this.fit = fitTo(layout, canvas.width, canvas.height);

    context.setTransform(1, 0, 0, 1, 0, 0);
    context.fillStyle = this.colors.paper;
    context.fillRect(0, 0, canvas.width, canvas.height);
    this.useFit();
    context.font = `600 ${this.font}`;
    context.fillStyle = this.colors.ink;
    context.textAlign = "left";
    context.textBaseline = "middle";
    for (const { title, place } of this.panels)
      context.fillText(title, place.left, place.top - TITLE_HEIGHT / 2, place.width);
  }

  /** Draw the panels' images. */
  draw(): void {
    this.useFit();
    for (const panel of this.panels) {
      this.hold(panel.frame);
      this.drawPanel(panel);
    }
  }

  private hold(frame: HTMLElement): void {
    if (this.held.has(frame)) return;
    this.held.add(frame);
    holdFullSize(frame, this.signal);
  }

  private useFit(): void {
    const { scale, left, top } = this.fit;
    this.context.setTransform(scale, 0, 0, scale, left, top);
  }

  private drawPanel({ frame, place }: Panel): void {
    const { context, colors, squares } = this;
    const { left, top, width, height } = place;
    context.fillStyle = colors.shade;
    context.fillRect(left, top, width, height);
    if (squares && frame.classList.contains("bodyseg-see-through")) {
      context.fillStyle = squares;
      context.fillRect(left, top, width, height);
    }
    for (const canvas of frame.querySelectorAll("canvas"))
      if (!canvas.hidden && canvas.width > 0 && canvas.height > 0) {
        // What is over an image may cover only its top.
        const covered = (height * canvas.clientHeight) / frame.clientHeight;
        context.drawImage(canvas, left, top, width, covered);
      }
    const note = frame.querySelector<HTMLElement>(".bodyseg-note:not([hidden])");
    if (note) this.drawMessage(note, place);
  }

  /** Draw the message over a panel's image, or in place of it. */
  private drawMessage(note: HTMLElement, { left, top, width, height }: Box): void {
    const { context, colors } = this;
    const strip = note.classList.contains("bodyseg-strip");
    context.font = this.font;
    const text = note.querySelector("p")?.textContent ?? "";
    const lines = wrap(text, width - 2 * PADDING, (part) => context.measureText(part).width);
    const tall = strip ? Math.min(lines.length * LINE_HEIGHT + PADDING, height) : height;
    context.fillStyle = strip ? STRIP_COLOR : colors.shade;
    context.fillRect(left, top + height - tall, width, tall);
    context.fillStyle = strip ? "#fff" : colors.ink;
    context.textAlign = "center";
    context.textBaseline = "middle";
    lines.forEach((line, index) => {
      const below = (index - (lines.length - 1) / 2) * LINE_HEIGHT;
      context.fillText(line, left + width / 2, top + height - tall / 2 + below);
    });
  }
}

function squaresTile(): HTMLCanvasElement {
  const tile = document.createElement("canvas");
  tile.width = 2 * SQUARE;
  tile.height = 2 * SQUARE;
  const context = requireContext(tile.getContext("2d"));
  context.fillStyle = SQUARE_COLOR;
  context.fillRect(SQUARE, 0, SQUARE, SQUARE);
  context.fillRect(0, SQUARE, SQUARE, SQUARE);
  return tile;
}
