/** The whole of BlazePose, with networks that return what a script says, does what Python's does. */
import { describe, expect, it } from "vitest";
import type { Networks } from "../../../src/inference/network";
import { BlazePosePipeline, createBlazePose } from "../../../src/inference/pose/blazepose";
import { Estimator } from "../../../src/inference/pose/estimator";
import {
  apart,
  detectorOutputs,
  every,
  goldens,
  KEYPOINT_STEP,
  LEVEL_STEP,
  landmarkOutputs,
  picture,
  ScriptedNetwork,
} from "./scripted";

function scripted() {
  const [detector, landmarks] = [new ScriptedNetwork(224), new ScriptedNetwork(256)];
  const pipeline = new BlazePosePipeline(new Estimator({ detector, landmarks }));
  return { detector, landmarks, pipeline };
}

describe.each(Object.entries(goldens.scenarios))("%s", (_, moments) => {
  const { detector, landmarks, pipeline } = scripted();

  it.each(moments.map((golden, index) => ({ index, golden })))("image $index", async (each) => {
    const { moment, ...expected } = each.golden;
    detector.script = [detectorOutputs(moment.detected)];
    landmarks.script = moment.people.map(landmarkOutputs);
    const image = picture(moment.width, moment.height, moment.shift);
    const found = await pipeline.run(image, moment.timestamp, {
      maxPoses: moment.max_poses,
      classes: [],
    });
    expect(detector.script.length === 0).toBe(expected.detector_ran);
    expect(landmarks.script).toHaveLength(expected.people_unseen);
    expect(found.shape).toEqual(expected.shape);
    expect(found.region).toEqual(expected.region);
    expect(apart(every(found.levels, LEVEL_STEP), expected.levels)).toBeLessThanOrEqual(1);
    expect(found.poses.map((pose) => pose.id)).toEqual(expected.poses.map((pose) => pose.id));
    found.poses.forEach(({ keypoints }, index) => {
      const some = keypoints.filter((__, at) => Math.floor(at / 7) % KEYPOINT_STEP === 0);
      expect(apart(some, expected.poses[index]?.keypoints ?? [])).toBeLessThan(1e-4);
    });
  });
});

it("forgets everyone where another video begins", async () => {
  const { detector, landmarks, pipeline } = scripted();
  const [first] = goldens.scenarios["one person walks, stands and leaves"];
  if (!first) throw new Error("the scenario is empty");
  for (const timestamp of [1, 2]) {
    detector.script = [detectorOutputs(first.moment.detected)];
    landmarks.script = first.moment.people.map(landmarkOutputs);
    const found = await pipeline.run(picture(96, 72), timestamp, { maxPoses: 1, classes: [] });
    expect(detector.script).toHaveLength(0);
    expect(found.poses.map((pose) => pose.id)).toEqual([1]);
    pipeline.reset();
  }
});

it("loads its two networks, and frees them", async () => {
  const loaded: ScriptedNetwork[] = [];
  const load = (model: Uint8Array) => {
    const network = new ScriptedNetwork(model.length);
    loaded.push(network);
    return Promise.resolve(network);
  };
  const networks: Networks = { load, loadFastest: load };
  await expect(createBlazePose(networks, [])).rejects.toThrow("one of its two files is missing");
  const pipeline = await createBlazePose(networks, [new Uint8Array(224), new Uint8Array(256)]);
  pipeline.dispose();
  expect(loaded.map((network) => network.isDisposed)).toEqual([true, true]);
});
