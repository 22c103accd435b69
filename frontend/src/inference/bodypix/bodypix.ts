/**
 * BodyPix in the page, stage by stage as `segmentation/bodypix/`: one run of its network for people,
 * whose each pixel is, 24 body parts and poses of 17 keypoints.
 */
import { BODYPIX_MEANING } from "../../generated";
import { inLevels } from "../levels";
import { type Network, type Networks, sizeOf } from "../network";
import {
  type Found,
  type FoundPlane,
  type FoundPose,
  PACKED,
  type Pipeline,
  type Wanted,
} from "../pipeline";
import { type Picture, valueTable } from "../warp";
import { Fitting } from "./fit";
import { type Layout, layoutOf } from "./layout";
import { partProbability, partValues, personProbability } from "./masks";
import { NetworkFile } from "./network_file";
import { checkOutputs, KEYPOINTS, type Outputs, outputsOf, PARTS } from "./outputs";
import { NO_ONE, nearestPeople } from "./people";
import { type BodyPixPose, decodePoses } from "./poses";

/** The network's input as a share of the image's width and height: upstream's "medium". */
const SHARE = 0.5;
/** How many people 8 bits can number, beside no one. */
const MOST_PEOPLE = 254;
/** The lowest probability of a person that is not 0 in 8 bits. */
const LOWEST = Math.fround(0.5 / 255);

type Values = readonly [Float32Array, Float32Array, Float32Array];

/** From -1 to 1. */
const MOBILENET = valueTable((value) => Math.fround(Math.fround(value / 127.5) - 1));
/** Without the mean red, green and blue of ImageNet's images. */
const RESNET = [123.15, 115.9, 103.06].map((mean) =>
  valueTable((value) => Math.fround(value - Math.fround(mean))),
) as unknown as Values;

/**
 * Load it from the content of its file.
 *
 * @param modelType the name of its variant
 */
export async function createBodyPix(
  networks: Networks,
  [file]: readonly Uint8Array[],
  modelType: string,
): Promise<BodyPixPipeline> {
  if (!file) throw new Error("its file is missing");
  const network = new NetworkFile(file);
  const [, side = 0] = network.input;
  const cells = (side - 1) / network.stride + 1;
  checkOutputs(network.outputs, cells, cells);
  // What cannot run at all has failed to load, once, and not with each frame.
  const trial = await networks.load(file);
  trial.dispose();
  const values: Values = modelType.startsWith("ResNet50")
    ? RESNET
    : [MOBILENET, MOBILENET, MOBILENET];
  return new BodyPixPipeline(networks, network, values);
}

/** The network for images of one size. */
interface Fitted {
  readonly layout: Layout;
  readonly fitting: Fitting;
  readonly network: Network;
  readonly input: Float32Array;
}

export class BodyPixPipeline implements Pipeline {
  private fitted: Fitted | null = null;

  /** @param values what each of the 256 values of a pixel is in the input */
  constructor(
    private readonly networks: Networks,
    private readonly file: NetworkFile,
    private readonly values: Values,
  ) {}

  async run(picture: Picture, _timestamp: number | null, wanted: Wanted): Promise<Found> {
    const { layout, fitting, network, input } = await this.fittedTo(picture);
    fitting.fit(picture, input);
    const outputs = outputsOf(await network.run(input), layout);
    const poses = decodePoses(outputs, layout, wanted.maxPoses);
    const person = personProbability(outputs, layout);
    return {
      levels: inLevels(person),
      shape: [layout.rows.model, layout.columns.model],
      region: [0, 0, picture.width, picture.height],
      poses: poses.map(packed),
      planes: planesOf(outputs, layout, person, poses, wanted),
    };
  }

  reset(): void {
    // No state is kept between images.
  }

  dispose(): void {
    this.fitted?.network.dispose();
    this.fitted = null;
  }

  private async fittedTo({ width, height }: Picture): Promise<Fitted> {
    const { fitted } = this;
    if (fitted?.layout.columns.image === width && fitted.layout.rows.image === height)
      return fitted;
    this.dispose();
    const layout = layoutOf({ width, height }, SHARE, this.file.stride);
    const file = this.file.resized(layout.rows.input, layout.columns.input);
    // On a graphics card, MobileNetV1 is right. LiteRT.js 2.5.3 computes layers like the first of
    // ResNet50, which pad and pool, otherwise there: the check of the first run notices, and it
    // stays on the processor.
    const network = await this.networks.loadFastest(file);
    this.fitted = {
      layout,
      fitting: new Fitting(layout, this.values),
      network,
      input: new Float32Array(sizeOf(network.input)),
    };
    return this.fitted;
  }
}

function planesOf(
  outputs: Outputs,
  layout: Layout,
  person: Float32Array,
  poses: readonly BodyPixPose[],
  { classes }: Wanted,
): FoundPlane[] {
  const there = classes.filter((part) => Number.isInteger(part) && part >= 0 && part < PARTS);
  return [
    { kind: "labels", meaning: BODYPIX_MEANING, numbers: partValues(outputs, layout) },
    { kind: "people", numbers: whose(outputs, layout, person, poses) },
    ...there.map((value): FoundPlane => {
      const numbers = inLevels(partProbability(outputs, layout, person, value));
      return { kind: "class", value, numbers };
    }),
  ];
}

/** The number of the person that each pixel belongs to, from 1; 0 for no one. */
function whose(
  outputs: Outputs,
  layout: Layout,
  person: Float32Array,
  poses: readonly BodyPixPose[],
): Uint8Array {
  if (poses.length === 0) return new Uint8Array(person.length);
  const nearest = nearestPeople(outputs, poses.slice(0, MOST_PEOPLE), layout);
  // What is 0 in 8 bits is no one's, so that planes are small where they are packed.
  return nearest.map((position, at) =>
    position === NO_ONE || person[at]! < LOWEST ? 0 : position + 1,
  );
}

/** A pose as results have it: on the image's plane, and nowhere in the world. */
function packed({ keypoints, score }: BodyPixPose): FoundPose {
  const rows = new Float32Array(KEYPOINTS * PACKED).fill(Number.NaN);
  for (let index = 0; index < KEYPOINTS; index += 1) {
    const [x = 0, y = 0, own = 0] = keypoints.subarray(index * 3);
    rows.set([x, y, 0, own], index * PACKED);
  }
  return { id: null, keypoints: rows, score };
}
