/** The message that a view shows over its image, or in place of it. */
import type { Origin } from "../generated";
import { button, element } from "../kit/dom";
import { type Controls, ELSEWHERE, UNREACHABLE } from "../source/condition";
import type { Source } from "../source/source";
import type { Stream } from "../stream/stream";

export interface Message {
  text: string;
  /** Whether to show a progress bar. */
  busy: boolean;
  /** Progress, 0 to 1; null if unknown. */
  share: number | null;
  actions: ("start" | "sample")[];
  /** Whether it is a strip over the image instead of in its place. */
  strip: boolean;
}

/**
 * Where the video goes: the kernel may run on another computer, and a page that comes through a
 * tunnel cannot tell.
 */
export function privacy(hostname: string): string {
  const local = ["localhost", "127.0.0.1", "[::1]", ""].includes(hostname);
  return local
    ? "Video stays on this computer, unless a tunnel leads to another."
    : `Video is sent to this notebook's server, ${hostname}, and nowhere else.`;
}

/** What pressing Start will do. */
function startHint(kind: Origin, hostname: string): string {
  switch (kind) {
    case "camera":
      return `The camera starts when you press Start. ${privacy(hostname)}`;
    case "screen":
      return `When you press Start, the browser asks what to share. ${privacy(hostname)}`;
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
  source: Pick<Source, "kind" | "hasControl"> & { controls: Pick<Controls, "condition"> },
  stream: Pick<Stream, "label" | "state" | "message">,
  hasImage: boolean,
  hostname: string,
  noOneFound: boolean,
): Message | null {
  const say = (text: string, rest: Partial<Message> = {}): Message => ({
    text,
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
      return say(startHint(source.kind, hostname), { actions: ["start"] });
    case "on hold":
      return say(source.hasControl ? state.message : NO_CONTROL, { strip: hasImage });
    case "starting":
      return say(state.message, { busy: true, share: state.share });
  }
  if (stream.state === "failed") return say(stream.message, { strip: hasImage });
  if (state.kind === "waiting") return say(state.message, { strip: hasImage });
  if (stream.state === "loading" || !hasImage)
    return say(`Loading ${stream.label}.`, { busy: true, strip: hasImage });
  if (stream.message) return say(stream.message, { strip: true });
  if (noOneFound) return say(NO_ONE_FOUND, { strip: true });
  return null;
}

export class MessageBox {
  readonly el = element("div", { class: "bodyseg-note", role: "status" });
  /** The current message: setting it again would make screen readers repeat it. */
  private shown = "";

  constructor(private readonly source: Source) {}

  show(message: Message | null): void {
    const { el, source } = this;
    const key = JSON.stringify(message);
    if (this.shown === key) return;
    this.shown = key;
    el.hidden = message === null;
    if (message === null) {
      el.replaceChildren();
      return;
    }
    el.classList.toggle("bodyseg-strip", message.strip);
    el.replaceChildren(element("p", {}, message.text));
    if (message.busy) el.append(progressBar(message));
    const actions = message.actions.map((action) =>
      action === "start"
        ? button(source.controls.start.text, () => source.start(), "bodyseg-primary bodyseg-start")
        : button("Use the sample image", () => source.useSample()),
    );
    if (actions.length > 0) el.append(element("div", { class: "bodyseg-actions" }, ...actions));
  }
}

function progressBar({ text, share }: Message): HTMLElement {
  const bar = element("progress", { "aria-label": text });
  if (share !== null) bar.value = share;
  return bar;
}
