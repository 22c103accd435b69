/** A source with its streams and views, and a kernel that answers for their models. */

import { BUILTIN_EFFECTS } from "../src/effects/effects";
import type {
  ClassName,
  FrameMessage,
  PlaneMessage,
  ResultMessage,
  SkippedMessage,
} from "../src/generated";
import { meaningOf } from "../src/source/mask";
import type { WebcamTraits } from "../src/source/webcam_traits";
import segmentationStream from "../src/widgets/segmentation_stream";
import segmentationView from "../src/widgets/segmentation_view";
import webcam from "../src/widgets/webcam";
import { type FakeModel, FakePage, type Sent } from "./fakes";
import { packed } from "./packed";

/** The traits of a view that are parameters of theirs, as Python has them in the beginning. */
const PARAMETERS = Object.fromEntries(
  BUILTIN_EFFECTS.flatMap(({ parameters }) => parameters).map((each) => [each.name, each.default]),
);

const SIZE = { width: 320, height: 240 };
/** Of a mask: people are in its left half. */
const SHAPE: [height: number, width: number] = [6, 8];

/** Classes of a model, which has them in its people's upper and lower halves. */
export const CLASSES = [
  { value: 0, name: "background" },
  { value: 3, name: "upper_half" },
  { value: 7, name: "lower_half" },
];

/** How a stream answers a frame. */
type Answers = (frame: number) => "result" | "skipped";

/** A page with a `Webcam`, whose channel leads to this kernel. */
export class FakeKernel {
  readonly page = new FakePage();
  readonly webcam: FakeModel;
  readonly channel: FakeModel;
  private readonly streams = new Map<string, Answers>();
  private readonly models = new Map<string, FakeModel>();

  constructor(traits: Partial<WebcamTraits> = {}) {
    this.channel = this.page.add("channel", { _link_key: "", _no_link: "there is no server" });
    this.channel.onSend = (message) => void this.answer(message);
    const all: WebcamTraits = {
      channel: "anywidget:channel",
      _page: "",
      _wanted: false,
      _local_streams: [],
      _kernel_streams: true,
      _results_wanted: "none",
      _images_label: "",
      _loaded: 0,
      source: "camera",
      stream: null,
      _stream_is_mirror: false,
      path: "",
      running: false,
      paused: false,
      loop: false,
      same_frame: false,
      state: "idle",
      message: "",
      devices: [],
      device_id: "",
      kernel_device: 0,
      ...SIZE,
      frame_rate: 30,
      history: 10,
      page_may_open: ["camera", "screen", "upload", "sample", "path", "url", "kernel camera"],
      ...traits,
    };
    this.webcam = this.page.add("webcam", { ...all }, webcam);
  }

  addStream(id: string, answers: Answers = () => "result"): FakeModel {
    this.streams.set(id, answers);
    const traits = {
      webcam: "anywidget:webcam",
      model: "MediaPipeSelfieSegmentation",
      runtime: "tensorflow",
      _label: `Selfie ${id}`,
      _topology: null,
      _classes: [],
      _people: false,
      _weights: null,
      state: "ready",
      message: "",
      running_on: "",
      running_why: "",
    };
    const model = this.page.add(id, traits, segmentationStream);
    this.models.set(id, model);
    return model;
  }

  addView(id: string, stream: string, traits: Record<string, unknown> = {}): FakeModel {
    const all = {
      _id: id,
      stream: `anywidget:${stream}`,
      _custom_effects: [],
      ...PARAMETERS,
      _effect_values: {},
      _effect_images: {},
      _shader_error: "",
      _shown: false,
      view: "mask",
      threshold: 0.5,
      mirror: true,
      skeleton: true,
      score_threshold: 0.5,
      frame_number: true,
      line: [],
      effect: "bokeh",
      palette: "rainbow",
      heatmap_of: "",
      ...traits,
    };
    return this.page.add(id, all, segmentationView);
  }

  /** All frames that have come. */
  get frames(): Sent[] {
    return this.channel.sent.filter(({ content }) => content.kind === "frame");
  }

  /** What the stream's model finds besides people: the probability is that of the first class. */
  private planes(stream: string): Pick<ResultMessage, "planes"> {
    const model = this.models.get(stream);
    const planes: PlaneMessage[] = [];
    const classes = model ? (model.get("_classes") as ClassName[]) : [];
    if (classes.length > 0)
      planes.push({ kind: "labels", meaning: meaningOf(classes) }, { kind: "class", value: 3 });
    if (model?.get("_people")) planes.push({ kind: "people" });
    return { planes };
  }

  private async answer({ content }: Sent): Promise<void> {
    // As over a network: not before `send` has returned.
    const portrait = await PORTRAIT;
    const at = performance.now();
    if (content.kind === "sample")
      this.channel.deliver({ kind: "sample" }, [new DataView(portrait.slice(0))]);
    if (content.kind === "ping") {
      const { page, asked } = content;
      this.channel.deliver({ kind: "pong", page, owed: [], asked, received: at, sent: at });
    }
    if (content.kind === "frame") this.answerFrame(content as unknown as FrameMessage, at);
  }

  private answerFrame({ page, frame }: FrameMessage, at: number): void {
    let left = this.streams.size;
    for (const [stream, answers] of this.streams) {
      left -= 1;
      const answer = { page, frame, stream, left, oldest: 1, received: at, sent: at };
      if (answers(frame) === "skipped") {
        const message: SkippedMessage = { kind: "skipped", ...answer };
        this.channel.deliver({ ...message });
        continue;
      }
      const message: ResultMessage = {
        kind: "result",
        ...answer,
        shape: SHAPE,
        region: [0, 0, SIZE.width, SIZE.height],
        poses: [],
        timings: { wait: 0, decode: 0, infer: 0 },
        ...this.planes(stream),
      };
      const planes = message.planes.map(({ kind }) => PLANES[kind]());
      const noPoses = new DataView(new ArrayBuffer(0));
      this.channel.deliver({ ...message }, [leftHalf(), noPoses, ...planes]);
    }
  }
}

function plane(numberAt: (x: number, y: number) => number): DataView {
  const [height, width] = SHAPE;
  return packed(
    Uint8Array.from({ length: height * width }, (_, at) =>
      numberAt(at % width, Math.floor(at / width)),
    ),
  );
}

const leftHalf = () => plane((x) => (x < SHAPE[1] / 2 ? 255 : 0));

const PLANES: Record<PlaneMessage["kind"], () => DataView> = {
  labels: () => plane((_, y) => (y < SHAPE[0] / 2 ? 3 : 7)),
  // The first person left of the second.
  people: () => plane((x) => (x < SHAPE[1] / 4 ? 1 : 2)),
  class: () => plane((_, y) => (y < SHAPE[0] / 2 ? 255 : 51)),
};

/** The bundled image: a gradient, so that it is seen to move. */
const PORTRAIT = (async () => {
  const canvas = new OffscreenCanvas(SIZE.width, SIZE.height);
  const context = canvas.getContext("2d");
  if (!context) throw new Error("This browser draws nothing");
  const gradient = context.createLinearGradient(0, 0, SIZE.width, SIZE.height);
  gradient.addColorStop(0, "#402010");
  gradient.addColorStop(1, "#f0d0b0");
  context.fillStyle = gradient;
  context.fillRect(0, 0, SIZE.width, SIZE.height);
  const jpeg = await canvas.convertToBlob({ type: "image/jpeg" });
  return jpeg.arrayBuffer();
})();
