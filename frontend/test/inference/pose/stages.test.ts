/** Each stage returns what the same one in Python does. */
import { describe, expect, it } from "vitest";
import { placementOf } from "../../../src/inference/pose/crop";
import {
  type Detection,
  decodeDetections,
  mergeOverlapping,
  PersonDetector,
  roiFromDetection,
  ssdAnchors,
} from "../../../src/inference/pose/detection";
import { OneEuro } from "../../../src/inference/pose/filters";
import { Identities } from "../../../src/inference/pose/identities";
import {
  decodeLandmarks,
  decodeWorldLandmarks,
  LandmarkFinder,
  projectLandmarks,
  refineFromHeatmap,
} from "../../../src/inference/pose/landmarks";
import {
  allTogether,
  PersonMaskSmoother,
  type PlacedMask,
} from "../../../src/inference/pose/masks";
import { type Roi, roiFromAlignmentPoints } from "../../../src/inference/pose/roi";
import { LandmarkSmoother } from "../../../src/inference/pose/smoothing";
import { grayCells, StillnessWatch } from "../../../src/inference/pose/stillness";
import { unwarpMask } from "../../../src/inference/pose/unwarp";
import { type Border, valueTable, warp } from "../../../src/inference/warp";
import {
  apart,
  detectorOutputs,
  every,
  goldens,
  LEVEL_STEP,
  landmarkOutputs,
  MASK_STEP,
  maskLogits,
  numbers,
  PLACES_STEP,
  picture,
  ScriptedNetwork,
} from "./scripted";

/** The digits of what is stored. */
const CLOSE = 2e-5;
const PEOPLE = [
  { x: 0.3, y: 0.5, up: 0.2, logit: 3 },
  { x: 0.7, y: 0.55, up: 0.2, logit: 2 },
];
const SIZE = { width: 96, height: 72 };

interface StoredRoi {
  x_center: number;
  y_center: number;
  width: number;
  height: number;
  rotation: number;
}

function roiOf({ x_center, y_center, ...others }: StoredRoi): Roi {
  return { xCenter: x_center, yCenter: y_center, ...others };
}

const ROIS = goldens.crops.map(({ roi }) => roiOf(roi));

function roi(index: number): Roi {
  return ROIS[index] ?? { xCenter: 0, yCenter: 0, width: 0, height: 0, rotation: 0 };
}

function numbersOf(value: Roi): number[] {
  return [value.xCenter, value.yCenter, value.width, value.height, value.rotation];
}

it("has the same inputs", () => {
  expect(apart(numbers(4, 3), goldens.numbers)).toBeLessThan(1e-7);
});

describe("detection", () => {
  const { detection } = goldens;

  function expectSame(found: readonly Detection[], expected: typeof detection.decoded) {
    expect(found).toHaveLength(expected.length);
    found.forEach((each, index) => {
      const { score = 0, box = [], keypoints = [] } = expected[index] ?? {};
      expect(each.score).toBeCloseTo(score, 6);
      expect(apart(each.box, box)).toBeLessThan(CLOSE);
      expect(apart(each.keypoints.flat(), keypoints.flat())).toBeLessThan(CLOSE);
    });
  }

  it("has an anchor at each place of the network's layers", () => {
    const anchors = ssdAnchors();
    expect(anchors).toHaveLength(2254);
    const some = anchors.filter((_, index) => index % PLACES_STEP === 0);
    expect(apart(some.flat(), goldens.anchors)).toBeLessThan(1e-6);
  });

  it("reads the network's outputs, and merges those of one person", () => {
    const boxes = numbers(2254 * 12, 1).map((value, index) => {
      const isSize = index % 12 === 2 || index % 12 === 3;
      return Math.fround(value * 60) - 30 + (isSize ? 70 : 0);
    });
    const scores = numbers(2254, 2).map((value) => Math.fround(value * 40) - Math.fround(39.6));
    const decoded = decodeDetections(boxes, scores);
    expectSame(decoded, detection.decoded);
    expectSame(mergeOverlapping(decoded), detection.merged);
  });

  it("leaves out what is not finite", () => {
    const [boxes, scores] = detectorOutputs(PEOPLE);
    if (!(boxes && scores)) throw new Error("nothing is scripted");
    boxes[100 * 12 + 7] = Number.NaN;
    expect(decodeDetections(boxes, scores)).toHaveLength(1);
  });

  it("finds people in pixels of the image, with their ROIs", async () => {
    const network = new ScriptedNetwork(224);
    network.script = [detectorOutputs(PEOPLE)];
    const found = await new PersonDetector(network).detect(picture(96, 72));
    expect(apart(every(network.seen, LEVEL_STEP), detection.input)).toBeLessThan(1e-6);
    expectSame(found, detection.found);
    found.forEach((each, index) => {
      const expected = detection.rois.map((stored) => numbersOf(roiOf(stored)))[index] ?? [];
      expect(apart(numbersOf(roiFromDetection(each)), expected)).toBeLessThan(CLOSE);
    });
  });
});

describe("the ROI", () => {
  it.each(goldens.roi)("turns with the person: $rim", ({ rim, roi: expected }) => {
    const [x = 0, y = 0] = rim;
    const found = roiFromAlignmentPoints([50, 40], [x, y]);
    expect(apart(numbersOf(found), numbersOf(roiOf(expected)))).toBeLessThan(1e-9);
  });

  it.each(["zero", "replicate"] satisfies Border[])(
    "is cut out of the image as OpenCV does, with %s around it",
    (border) => {
      const bytes = valueTable((value) => value);
      for (const golden of goldens.crops) {
        const view = new Float32Array(golden[border].length);
        const size = { width: 16, height: 16 };
        warp(
          picture(96, 72),
          placementOf(roiOf(golden.roi), 16),
          size,
          { border, values: bytes },
          view,
        );
        expect(Array.from(view)).toEqual(golden[border]);
      }
    },
  );
});

describe("landmarks", () => {
  const { landmarks } = goldens;
  const person = { seed: 9, legs: true, presence: 0.9, drift: 0, broken: false };

  it("are decoded, refined from the heatmap, and projected into the image", () => {
    const [raw, , , heatmap, world] = landmarkOutputs(person);
    if (!(raw && heatmap && world)) throw new Error("nothing is scripted");
    const decoded = decodeLandmarks(raw);
    decoded.set([-0.2, 0.5], 3 * 4);
    decoded.set([0.995, 0.002], 4 * 4);
    expect(apart(decoded, landmarks.decoded)).toBeLessThan(1e-6);
    const refined = refineFromHeatmap(decoded, heatmap);
    expect(apart(refined, landmarks.refined)).toBeLessThan(1e-6);
    const projected = projectLandmarks(refined, roi(1));
    expect(apart(projected, landmarks.projected)).toBeLessThan(CLOSE);
    const body = projected.slice(0, 33 * 4);
    const turned = decodeWorldLandmarks(world, body, roi(1));
    const places = turned.filter((_, index) => index % 4 < 3);
    expect(apart(places, landmarks.world)).toBeLessThan(1e-6);
  });

  it("are found in a ROI, with the points of the next one", async () => {
    const network = new ScriptedNetwork(256);
    network.script = [landmarkOutputs(person)];
    const found = await new LandmarkFinder(network).find(picture(96, 72), roi(1));
    expect(apart(every(network.seen, LEVEL_STEP), landmarks.input)).toBeLessThan(1e-6);
    expect(apart(found?.auxiliary.flat() ?? [], landmarks.auxiliary.flat())).toBeLessThan(CLOSE);
  });

  it.each([
    { ...person, presence: 0.4 },
    { ...person, presence: Number.NaN },
    { ...person, broken: true },
  ])("are none if nobody is in the ROI, or numbers are not finite", async (nobody) => {
    const network = new ScriptedNetwork(256);
    network.script = [landmarkOutputs(nobody)];
    expect(await new LandmarkFinder(network).find(picture(96, 72), roi(1))).toBeNull();
  });
});

describe("masks", () => {
  const { masks } = goldens;
  const laid = ROIS.map((each, index) => unwarpMask(maskLogits(index), each, SIZE));
  const large = unwarpMask(
    maskLogits(2),
    { xCenter: 300, yCenter: 250, width: 620, height: 620, rotation: 0.4 },
    { width: 640, height: 480 },
  );

  function expectSame(
    { probability, region }: PlacedMask,
    expected: (typeof masks)["large"] | undefined,
    step: number,
    tolerance = 1e-6,
  ) {
    const { left, top, width, height } = region;
    expect([left, top, width, height]).toEqual(expected?.region);
    expect(apart(every(probability, step), expected?.probability ?? [])).toBeLessThan(tolerance);
  }

  it("are turned back into the image as OpenCV does", () => {
    laid.forEach((mask, index) => {
      expectSame(mask, masks.laid[index], MASK_STEP);
    });
    expectSame(large, masks.large, LEVEL_STEP);
  });

  it("are smoothed, wherever they were before", () => {
    const smoother = new PersonMaskSmoother();
    laid.forEach(({ probability, region }, index) => {
      const mask = { probability: probability.slice(), region };
      smoother.run(mask);
      // What is certain is left as it is.
      expectSame(mask, masks.smoothed[index], MASK_STEP, 4e-5);
    });
  });

  it("are put together, at the finest of their resolutions", () => {
    const groups = [[large], laid.slice(0, 1), laid.slice(0, 2), laid, []];
    groups.forEach((people, index) => {
      const size = index === 0 ? { width: 640, height: 480 } : SIZE;
      const { levels, width, height, region, people: whose } = allTogether(people, size);
      const expected = masks.together[index];
      expect([height, width]).toEqual(expected?.shape);
      expect([region.left, region.top, region.width, region.height]).toEqual(expected?.region);
      expect(apart(every(levels, PLACES_STEP), expected?.levels ?? [])).toBeLessThanOrEqual(1);
      expect(whose).toHaveLength(width * height);
      const others = every(whose, PLACES_STEP).filter(
        (number, place) => number !== expected?.people[place],
      );
      // Where two are about as probable, or one hardly is.
      expect(others.length).toBeLessThanOrEqual((0.01 * whose.length) / PLACES_STEP);
    });
  });

  it("are empty of someone beside the image", () => {
    const beside = { ...roi(0), xCenter: 500 };
    const mask = unwarpMask(maskLogits(0), beside, SIZE);
    expect(mask.probability).toHaveLength(0);
    expect(allTogether([mask], SIZE).levels).toEqual(Uint8Array.of(0));
  });
});

describe("smoothing", () => {
  it("is steady at rest and fast in motion", () => {
    const filter = new OneEuro({ minCutoff: 0.05, beta: 80 });
    const times = [0, 0.03, 0.03, 0.07, 0.5];
    const scales = [100, 100, 100, 0, 50];
    goldens.filters.forEach((expected, index) => {
      const values = Float64Array.from(numbers(3, index));
      const smoothed = filter.run(values, times[index] ?? 0, scales[index] ?? 0);
      expect(apart(smoothed, expected)).toBeLessThan(1e-6);
    });
  });

  it("is the same for a person's landmarks", () => {
    const smoother = new LandmarkSmoother();
    goldens.smoothing.forEach((expected, index) => {
      const estimate = {
        body: bodyAt(index, 200 + 3 * index),
        world: Float64Array.from(numbers(132, index + 20)),
        objectScale: 100,
        mask: { probability: new Float32Array(), region: { left: 0, top: 0, width: 0, height: 0 } },
      };
      const smoothed = smoother.run(estimate, index / 30);
      expect(apart(smoothed.body, expected.body)).toBeLessThan(5e-5);
      expect(apart(smoothed.world, expected.world)).toBeLessThan(1e-6);
    });
  });
});

describe("stillness", () => {
  it.each(goldens.cells)("averages $width x $height pixels as OpenCV does", (golden) => {
    const cells = grayCells(picture(golden.width, golden.height));
    expect(apart(cells, golden.gray)).toBeLessThanOrEqual(1);
    const others = golden.gray.filter((gray, index) => gray !== cells[index]);
    expect(others.length).toBeLessThanOrEqual(8);
  });

  it("averages images smaller than its cells", () => {
    const data = new Uint8ClampedArray(5 * 3 * 4).fill(77);
    expect(new Set(grayCells({ data, width: 5, height: 3 }))).toEqual(new Set([77]));
  });

  it("is seen from the second image on, until something moves", () => {
    const watch = new StillnessWatch();
    const shifts = [0, 0, 20, 20, 0];
    const seen = shifts.map((shift) => watch.isStill(picture(64, 48, shift)));
    expect(seen).toEqual([false, true, false, true, false]);
  });

  it("counts slow changes", () => {
    const watch = new StillnessWatch();
    const gray = (level: number) => ({
      data: new Uint8ClampedArray(64 * 48 * 4).fill(level),
      width: 64,
      height: 48,
    });
    expect([10, 11, 12].map((level) => watch.isStill(gray(level)))).toEqual([false, true, false]);
  });
});

it("recognizes people from frame to frame", () => {
  const identities = new Identities();
  for (const { seconds, places, numbers: expected } of goldens.identities) {
    const people = places.map((x) => ({ body: bodyAt(1, x), objectScale: 100 }));
    expect(identities.assign(people, seconds)).toEqual(expected);
  }
});

/** A body that stands at a place, 33 x 4. */
function bodyAt(seed: number, x: number): Float64Array {
  const [size, place] = [
    [80, 160, 50, 1],
    [x, 20, 0, 0],
  ];
  return Float64Array.from(
    numbers(132, seed),
    (value, index) => value * (size[index % 4] ?? 0) + (place[index % 4] ?? 0),
  );
}
