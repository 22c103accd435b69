/** What a view says in place of, or over, its picture: one sentence and one action. */
import type { Source } from "./source";
import type { Stream } from "./stream";

export interface Notice {
  text: string;
  /** Whether something is on its way and a moving bar is right. */
  busy: boolean;
  actions: ("start" | "sample")[];
  /** Over the picture, as a strip, where one is there; else in its place. */
  strip: boolean;
}

/** Where the pictures go, told honestly: the kernel may be on another computer. */
export function privacy(hostname: string): string {
  const local = ["localhost", "127.0.0.1", "[::1]", ""].includes(hostname);
  return local
    ? "Pictures stay on this computer."
    : `Pictures go to this notebook's server, ${hostname}, and nowhere else.`;
}

/** What there is to say, or null where the picture speaks for itself. */
export function notice(
  state: Source["state"],
  source: Pick<Source, "kind" | "hasControl">,
  stream: Pick<Stream, "label" | "state" | "message">,
  hasPicture: boolean,
  hostname: string,
): Notice | null {
  const say = (text: string, rest: Partial<Notice> = {}): Notice => ({
    text,
    busy: false,
    actions: [],
    strip: false,
    ...rest,
  });
  switch (state.kind) {
    case "lost":
      return say(state.message, { strip: hasPicture });
    case "failed":
      return say(state.message, { actions: state.offerSample ? ["start", "sample"] : ["start"] });
    case "idle":
      if (!source.hasControl) {
        return say("Show the Webcam too: pictures run only while its Stop button can be reached.");
      }
      return source.kind === "camera"
        ? say(`The camera starts when you press Start. ${privacy(hostname)}`, {
            actions: ["start"],
          })
        : say("Press Start to begin.", { actions: ["start"] });
    case "starting":
      return say(state.message, { busy: true });
  }
  if (stream.state === "failed") return say(stream.message, { strip: hasPicture });
  if (state.kind === "waiting") return say(state.message, { strip: hasPicture });
  if (stream.state === "loading" || !hasPicture)
    return say(`Loading ${stream.label}.`, { busy: true, strip: hasPicture });
  if (stream.message) return say(stream.message, { strip: true });
  return null;
}
