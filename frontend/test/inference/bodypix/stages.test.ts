/** Each stage of BodyPix returns what the same one in Python does. */
import { describe, expect, it } from "vitest";
import { BodyPixPipeline, createBodyPix } from "../../../src/inference/bodypix/bodypix";
import { Fitting } from "../../../src/inference/bodypix/fit";
import { type Layout, layoutOf } from "../../../src/inference/bodypix/layout";
import { NetworkFile } from "../../../src/inference/bodypix/network_file";
import { CHANNELS } from "../../../src/inference/bodypix/outputs";
import type { Network, Networks } from "../../../src/inference/network";
import { PACKED } from "../../../src/inference/pipeline";
import { valueTable } from "../../../src/inference/warp";
import { digest } from "../goldens";
import { apart, numbers, picture } from "../pose/scripted";
import { goldens, network as networkOf } from "./goldens";

/** Of a plane, every so many numbers are stored. */
const STEP = 13;
/** The part whose probability is stored. */
const CLASS = 12;
/** The digits of what is stored. */
const CLOSE = 1e-5;
/** The lowest and the highest number of each output. */
const RANGES = [
  [-9, 9],
  [-6, 6],
  [-3, 5],
  [-20, 20],
  [-40, 40],
  [-50, 50],
  [-50, 50],
];

/** What a network could return for an image, as `outputs_of` in Python. */
function outputsFor({ rows, columns }: Layout): Float32Array[] {
  return CHANNELS.map((channels, index) => {
    const [low = 0, high = 0] = RANGES[index] ?? [];
    const raw = numbers(rows.output * columns.output * channels, index + 1);
    return raw.map((value) => Math.fround(value * (high - low)) + low);
  });
}

const some = (plane: Uint8Array | undefined) =>
  Array.from(plane ?? []).filter((_, index) => index % STEP === 0);

/** How many numbers differ, as a share of all. */
function differing(found: readonly number[], expected: readonly number[]): number {
  expect(found).toHaveLength(expected.length);
  return found.filter((value, index) => value !== expected[index]).length / found.length;
}

describe.each(goldens.cases)("an image of $width x $height, stride $stride", (expected) => {
  const image = picture(expected.width, expected.height);
  const layout = layoutOf(image, 0.5, expected.stride);

  it("lies in the network's input as in Python", () => {
    for (const axis of ["rows", "columns"] as const) {
      const { padding, input, output, model, before, after } = layout[axis];
      const those = expected[axis];
      expect({ padding, input, output, model }).toEqual({
        padding: those.padding,
        input: those.input,
        output: those.output,
        model: those.model,
      });
      const isStored = (_: number, index: number) => index % STEP === 0;
      expect([...before].filter(isStored)).toEqual(those.before);
      expect(apart([...after].filter(isStored), those.after)).toBeLessThan(CLOSE);
    }
  });

  it("is fitted bit for bit", async () => {
    const bytes = valueTable((value) => value);
    const into = new Float32Array(layout.rows.input * layout.columns.input * 3);
    new Fitting(layout, [bytes, bytes, bytes]).fit(image, into);
    expect(await digest(Uint8Array.from(into))).toBe(expected.input);
  });

  it("has the people, parts and poses of Python", async () => {
    const network: Network = {
      input: [1, layout.rows.input, layout.columns.input, 3],
      outputs: [],
      run: () => Promise.resolve(outputsFor(layout)),
      dispose: () => undefined,
    };
    const load = () => Promise.resolve(network);
    const table = valueTable((value) => value);
    const pipeline = new BodyPixPipeline(
      { load, loadFastest: load },
      { stride: expected.stride, resized: () => new Uint8Array() } as unknown as NetworkFile,
      [table, table, table],
    );
    const wanted = { maxPoses: expected.max_poses, classes: [CLASS, 24, -1] };
    const { levels, shape, region, poses, planes } = await pipeline.run(image, 0, wanted);
    expect(shape).toEqual([expected.rows.model, expected.columns.model]);
    expect(region).toEqual([0, 0, expected.width, expected.height]);
    expect(apart(some(levels), expected.levels)).toBeLessThanOrEqual(1);
    expect(planes.map(({ kind, value }) => [kind, value])).toEqual([
      ["labels", undefined],
      ["people", undefined],
      ["class", CLASS],
    ]);
    const [labels, people, hands] = planes.map(({ numbers: plane }) => some(plane));
    expect(differing(labels ?? [], expected.labels)).toBeLessThan(0.001);
    expect(differing(people ?? [], expected.people)).toBeLessThan(0.001);
    expect(apart(hands ?? [], expected.class)).toBeLessThanOrEqual(1);
    expect(poses).toHaveLength(expected.poses.length);
    const those: { score: number; keypoints: number[] }[] = expected.poses;
    poses.forEach(({ id, score, keypoints }, index) => {
      expect(id).toBeNull();
      expect(score).toBeCloseTo(those[index]?.score ?? 0, 5);
      const own = [...keypoints].filter((_, at) => [0, 1, 3].includes(at % PACKED));
      expect(apart(own, those[index]?.keypoints ?? [])).toBeLessThan(1e-3);
      expect(keypoints[4]).toBeNaN();
    });
  });
});

describe.each(["mobilenet", "resnet"] as const)("the file of a %s", (architecture) => {
  const file = networkOf(architecture);
  const network = new NetworkFile(file);

  it("says what it takes and returns", () => {
    expect(network.input).toEqual([1, 257, 257, 3]);
    expect(network.outputs).toEqual([[1, 17, 17, 6]]);
    expect(network.stride).toBe(16);
  });

  it.each(goldens.networks[architecture].resized)(
    "is Python's for $height x $width",
    async (expected) => {
      const resized = network.resized(expected.height, expected.width);
      expect(await digest(resized as Uint8Array<ArrayBuffer>)).toBe(expected.digest);
    },
  );

  it.each([
    ["is empty", new Uint8Array()],
    ["is no network", new Uint8Array(1000).fill(255)],
    ["ends early", file.slice(0, 200)],
  ])("is refused if it %s", (_, damaged) => {
    expect(() => new NetworkFile(damaged)).toThrow("the file of the network is damaged");
  });

  it("is refused if it is no network of BodyPix", async () => {
    const networks: Networks = {
      load: () => Promise.reject(new Error("it was loaded")),
      loadFastest: () => Promise.reject(new Error("it was loaded")),
    };
    await expect(createBodyPix(networks, [file], "MobileNetV1 1.0 float")).rejects.toThrow(
      "the file has no network of BodyPix: it makes 1 x 17 x 17 x 6",
    );
  });
});
