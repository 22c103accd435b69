/** The message that a view shows over its image, or in place of it. */
import type { Origin, WeightsOffer } from "../generated";
import { button, element } from "../kit/dom";
import { fileSize } from "../kit/file_size";
import { type Controls, ELSEWHERE, UNREACHABLE } from "../source/condition";
import type { Pictures } from "../source/pictures";
import type { Source } from "../source/source";
import { LOST } from "../source/state_messages";
import type { Stream } from "../stream/stream";

export interface Message {
  text: string;
  /** More in smaller print; empty for none. */
  detail: string;
  /** Whether to show a progress bar. */
  busy: boolean;
  /** Progress, 0 to 1; null if unknown. */
  share: number | null;
  actions: Action[];
  /** Whether it is a strip over the image instead of in its place. */
  strip: boolean;
}

/** What a message has a button for. */
type Action = "start" | "sample" | "download" | "cancel";

/**
 * Where the video goes: the kernel may run on another computer, and a page that comes through a
 * tunnel cannot tell.
 */
export function privacy(hostname: string, pictures: Pictures = "sent"): string {
  if (pictures === "stay")
    return "Pictures stay in this browser. Should that change, it is said here.";
  const local = ["localhost", "127.0.0.1", "[::1]", ""].includes(hostname);
  return local
    ? "Video stays on this computer, unless a tunnel leads to another."
    : `Video is sent to this notebook's server, ${hostname}, and nowhere else.`;
}

/** What pressing Start will do. */
function startHint(kind: Origin, hostname: string, pictures: Pictures): string {
  switch (kind) {
    case "camera":
      return `The camera starts when you press Start. ${privacy(hostname, pictures)}`;
    case "screen":
      return `When you press Start, the browser asks what to share. ${privacy(hostname, pictures)}`;
    case "kernel camera":
      return "Press Start to turn on the camera of the computer that runs this notebook's kernel.";
    default:
      return "Press Start to begin.";
  }
}

const MOVE_HERE = "Press \u201cStart here\u201d to stop it there and run it in this one.";

const NO_ONE_FOUND =
  "No one found: BlazePose looks for a whole person, ideally fully in view and within about " +
  "4\u00a0m of the camera.";

const NO_CONTROL =
  "Display the Webcam too: the source runs only while its Stop button is on the page.";

/**
 * The message for the current state, or null if the image needs none.
 *
 * @param noOneFound whether a pose model has found no one for a while
 */
export function messageFor(
  state: Source["state"],
  source: Pick<Source, "kind" | "hasControl" | "pictures"> & {
    controls: Pick<Controls, "condition" | "python">;
  },
  stream: Pick<Stream, "label" | "state" | "message" | "weights" | "isInPage">,
  hasImage: boolean,
  hostname: string,
  noOneFound: boolean,
): Message | null {
  const say = (text: string, rest: Partial<Message> = {}): Message => ({
    text,
    detail: "",
    busy: false,
    share: null,
    actions: [],
    strip: false,
    ...rest,
  });
  switch (state.kind) {
    case "lost":
      return say(state.message, { strip: hasImage });
    case "failed":
      return say(state.message, { actions: state.offerSample ? ["start", "sample"] : ["start"] });
    case "idle":
      if (!source.hasControl) return say(NO_CONTROL);
      if (source.controls.condition === "unreachable") return say(UNREACHABLE);
      if (source.controls.condition === "elsewhere")
        return say(`${ELSEWHERE} ${MOVE_HERE}`, { actions: ["start"] });
      return say(startHint(source.kind, hostname, source.pictures), { actions: ["start"] });
    case "on hold":
      return say(source.hasControl ? state.message : NO_CONTROL, { strip: hasImage });
    case "starting":
      return say(state.message, { busy: true, share: state.share });
  }
  if (!(source.controls.python || stream.isInPage)) return say(LOST.kernel, { strip: hasImage });
  if (stream.weights) return { ...ofWeights(stream.label, stream.weights), strip: hasImage };
  if (stream.state === "failed") return say(stream.message, { strip: hasImage });
  if (state.kind === "waiting") return say(state.message, { strip: hasImage });
  if (stream.state === "loading" || !hasImage)
    return say(stream.message || `Loading ${stream.label}.`, { busy: true, strip: hasImage });
  if (stream.message) return say(stream.message, { strip: true });
  if (noOneFound) return say(NO_ONE_FOUND, { strip: true });
  return null;
}

/** What is said of weights that are missing, or on their way. */
function ofWeights(label: string, weights: WeightsOffer): Omit<Message, "strip"> {
  const { url, size, done, problem } = weights;
  const large = fileSize(size);
  if (done === null)
    return {
      text: `${label} needs weights that are not part of this package: ${large}.`,
      detail: problem || url,
      busy: false,
      share: null,
      actions: ["download"],
    };
  return {
    text: `Downloading the weights of ${label}, ${large}.`,
    detail: url,
    busy: true,
    share: done / size,
    actions: ["cancel"],
  };
}

export class MessageBox {
  readonly el = element("div", { class: "bodyseg-note", role: "status" });
  /** The current message: setting it again would make screen readers repeat it. */
  private shown = "";
  private readonly bar = element("progress");

  /**
   * @param stream whose weights may be downloaded; null if its own view offers that
   * @param heir what gets the focus when a button that has it goes and there is no other
   */
  constructor(
    private readonly source: Source,
    private readonly stream: Stream | null,
    private readonly heir: () => HTMLElement,
  ) {}

  show(message: Message | null): void {
    const { el } = this;
    this.progress(message);
    const key = JSON.stringify({ ...message, share: null });
    if (this.shown === key) return;
    this.shown = key;
    const hadFocus = el.contains(document.activeElement);
    this.replace(message);
    if (hadFocus) (el.querySelector("button") ?? this.heir()).focus();
  }

  private progress(message: Message | null): void {
    const { bar } = this;
    bar.setAttribute("aria-label", message?.text ?? "");
    const share = message?.share ?? null;
    if (share === null) bar.removeAttribute("value");
    else bar.value = share;
  }

  private replace(message: Message | null): void {
    const { el } = this;
    el.hidden = message === null;
    if (message === null) {
      el.replaceChildren();
      return;
    }
    el.classList.toggle("bodyseg-strip", message.strip);
    el.replaceChildren(element("p", {}, message.text));
    if (message.detail) el.append(element("p", { class: "bodyseg-detail" }, message.detail));
    if (message.busy) el.append(this.bar);
    const actions = message.actions.map((action) => this.button(action));
    if (actions.length > 0) el.append(element("div", { class: "bodyseg-actions" }, ...actions));
  }

  private button(action: Action): HTMLButtonElement {
    const { source, stream } = this;
    switch (action) {
      case "start": {
        const { text } = source.controls.start;
        return button(text, () => source.start(), "bodyseg-primary bodyseg-start");
      }
      case "sample":
        return button("Use the sample image", () => source.useSample());
      case "download":
        return button("Download", () => stream?.download(true), "bodyseg-primary");
      case "cancel":
        return button("Cancel", () => stream?.download(false));
    }
  }
}
