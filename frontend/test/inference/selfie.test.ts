import { describe, expect, it } from "vitest";
import type { Network } from "../../src/inference/network";
import { SelfiePipeline } from "../../src/inference/selfie";
import { SHARES, stretched, valueTable, warp } from "../../src/inference/warp";
import {
  digest,
  farthest,
  inputDigest,
  levels,
  picture,
  probability,
  SELFIE_MODELS,
  SIZES,
} from "./goldens";

describe.each(SELFIE_MODELS)("selfie segmentation, %s", (model) => {
  const size = SIZES[model];

  it("stretches a picture bit for bit as OpenCV does in Python", async () => {
    const input = new Float32Array(size.width * size.height * 3);
    const image = picture();
    const bytes = valueTable((value) => value);
    const placement = stretched(image, size.width, size.height);
    warp(image, placement, size, { border: "replicate", values: bytes }, input);
    expect(await digest(Uint8Array.from(input))).toBe(inputDigest(model));
  });

  it("gives the network shares, and rounds what it returns to 8 bits as Python does", async () => {
    const seen: Float32Array[] = [];
    const network: Network = {
      input: [1, size.height, size.width, 3],
      outputs: [[1, size.height, size.width, 1]],
      run(input) {
        seen.push(input.slice());
        return Promise.resolve([probability(model)]);
      },
      dispose: () => undefined,
    };
    const image = picture();
    const found = await new SelfiePipeline(network).run(image);
    const [input] = seen;
    expect(input?.every((value) => SHARES.includes(value))).toBe(true);
    expect(found).toMatchObject({
      shape: [size.height, size.width],
      region: [0, 0, image.width, image.height],
      poses: [],
      planes: [],
    });
    // Probabilities are stored in steps, so that some are rounded the other way.
    expect(farthest(found.levels, levels(model))).toBeLessThanOrEqual(1);
  });
});

describe("warp", () => {
  const image = { data: new Uint8Array(4 * 4).fill(200), width: 2, height: 2 };
  const outside = { x0: -1, y0: 0, xu: 0.5, xv: 0, yu: 0, yv: 1, wu: 0, wv: 0 };
  const row = (border: "zero" | "replicate") => {
    const into = new Float32Array(4 * 3);
    const values = valueTable((value) => value);
    warp(image, outside, { width: 4, height: 1 }, { border, values }, into);
    return [0, 1, 2, 3].map((column) => into[column * 3]);
  };

  it("fills what is outside with black, and mixes it in at the edge", () => {
    expect(row("zero")).toEqual([0, 100, 200, 200]);
  });

  it("fills what is outside with the pixels of the edge", () => {
    expect(row("replicate")).toEqual([200, 200, 200, 200]);
  });
});
