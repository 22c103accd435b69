/** What a view says: one sentence and one action in place of its image, or over it. */
import type { Origin, View } from "../generated";
import type { Source } from "../source/source";
import type { Stream } from "../stream/stream";

export interface Notice {
  text: string;
  /** Whether something is on its way and a moving bar is right. */
  busy: boolean;
  /** How much of it is done, 0 to 1; null where that is not known. */
  share: number | null;
  actions: ("start" | "sample")[];
  /** Over the image, as a strip, where one is there; else in its place. */
  strip: boolean;
}

/** Where the images go, told honestly: the kernel may be on another computer. */
export function privacy(hostname: string): string {
  const local = ["localhost", "127.0.0.1", "[::1]", ""].includes(hostname);
  return local
    ? "Video stays on this computer."
    : `Video is sent to this notebook's server, ${hostname}, and nowhere else.`;
}

/** What pressing Start will do, of what people would want to know before. */
function before(kind: Origin, hostname: string): string {
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

const NO_ONE_FOUND =
  "No one found: BlazePose looks for a whole person, ideally fully in view and within about " +
  "4\u00a0m of the camera.";

/**
 * What there is to say, or null where the image speaks for itself.
 *
 * @param noOneFound whether a model that finds poses has found none for a while
 */
export function notice(
  state: Source["state"],
  source: Pick<Source, "kind" | "hasControl">,
  stream: Pick<Stream, "label" | "state" | "message">,
  hasImage: boolean,
  hostname: string,
  noOneFound: boolean,
): Notice | null {
  const say = (text: string, rest: Partial<Notice> = {}): Notice => ({
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
      if (!source.hasControl) {
        return say(
          "Display the Webcam too: the source runs only while its Stop button is on the page.",
        );
      }
      return say(before(source.kind, hostname), { actions: ["start"] });
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

const SHOWN: Record<View, string> = {
  mask: "Image with the mask of",
  heatmap: "Image with the heatmap of",
  "cut-out": "Image cut out with the mask of",
  contour: "Image with the contour of",
  picture: "Image without the mask of",
  effect: "Image with an effect based on the mask of",
};

/** What is said of the image's keys after its label. */
export const KEYS =
  "Arrow keys move over it and announce what is there; hold Shift for larger steps. " +
  "Space pauses; comma and period step by one frame.";

/**
 * What an image shows, for people who do not see it.
 *
 * @param people how many poses it has; null for models that find none
 */
export function imageLabel(
  view: View,
  model: string,
  people: number | null,
  skeletons: boolean,
): string {
  const image = `${SHOWN[view]} ${model}`;
  if (people === null) return image;
  if (people === 0) return `${image}, no one found`;
  if (people === 1) return `${image}, 1 person${skeletons ? " with a skeleton" : ""}`;
  return `${image}, ${people} people${skeletons ? ", each with a skeleton" : ""}`;
}
