import { describe, expect, it } from "vitest";
import type { ResultFields } from "../../src/generated";
import { fromBase64 } from "../../src/kit/base64";
import { type ResultBuffers, readResult, resultBuffers } from "../../src/source/worker/result";
import { packed } from "../packed";

const EMPTY = new DataView(new ArrayBuffer(0));
const IMAGE = { width: 64, height: 48 };

function fields(shape: [number, number]): ResultFields {
  return {
    shape,
    region: [0, 0, IMAGE.width, IMAGE.height],
    poses: [],
    timings: { wait: 0, decode: 0, infer: 0 },
    planes: [],
  };
}

describe("the mask of a result", () => {
  it("is unpacked to the bit", () => {
    const levels = Uint8Array.from({ length: 144 * 256 }, (_, at) => (at * at) % 251);
    const { mask } = readResult(fields([144, 256]), [packed(levels), EMPTY], IMAGE);
    expect([mask.width, mask.height]).toEqual([256, 144]);
    expect(mask.data).toEqual(levels);
  });

  it("is unpacked from what Python packs", () => {
    // PackedLevels.of(levels).data; tests/unit/test_mask.py has the same bytes.
    const bytes = atob("eAFjwAQ8H/5HMQCB3P//JxiAgH3Lf2YGGAAAixIG9w==");
    const data = new DataView(Uint8Array.from(bytes, (each) => each.charCodeAt(0)).buffer);
    const { mask } = readResult(fields([6, 8]), [data, EMPTY], IMAGE);
    const rows = Array.from({ length: 6 }, (_, row) => [...mask.data.slice(8 * row, 8 * row + 8)]);
    expect(rows).toEqual([
      [0, 0, 0, 0, 0, 0, 0, 0],
      [0, 0, 0, 0, 0, 0, 0, 0],
      [0, 0, 0, 12, 240, 255, 90, 0],
      [0, 0, 0, 30, 255, 255, 200, 0],
      [0, 0, 0, 7, 180, 255, 3, 0],
      [0, 0, 0, 0, 0, 0, 0, 0],
    ]);
  });

  it.each([
    ["nothing", EMPTY],
    ["levels that are not packed", new DataView(new ArrayBuffer(48))],
    ["the beginning of a mask", new DataView(packed(new Uint8Array(48)).buffer, 0, 8)],
    ["a smaller mask", packed(new Uint8Array(47))],
  ])("is not read from %s", (_, data) => {
    expect(() => readResult(fields([6, 8]), [data, EMPTY], IMAGE)).toThrow();
  });
});

describe("the planes of a result", () => {
  it("are found behind the keypoints, in the order in which they are named", () => {
    // Those of `result_fields`; tests/unit/test_planes.py has the same bytes.
    const [labels, people, hand] = [
      "eAFjAAEuLnHx//8ZAAZYAkE=",
      "eAFjAAFGRiYmRkYGAAAwAAk=",
      "eAFjAIEP/5l5GBgYAAzVAf8=",
    ].map((text) => new DataView(fromBase64(text).buffer)) as [DataView, DataView, DataView];
    const said: ResultFields = {
      ...fields([3, 4]),
      planes: [{ kind: "labels" }, { kind: "people" }, { kind: "class", value: 10 }],
    };
    const buffers: ResultBuffers = [packed(new Uint8Array(12)), EMPTY, labels, people, hand];
    const { mask } = readResult(said, buffers, IMAGE);
    expect([...(mask.labels ?? [])]).toEqual([0, 0, 0, 0, 0, 10, 10, 23, 23, 255, 255, 0]);
    expect([...(mask.people ?? [])]).toEqual([0, 0, 0, 0, 0, 1, 1, 2, 2, 1, 1, 0]);
    expect([...mask.classLevels.keys()]).toEqual([10]);
    expect([...(mask.classLevels.get(10) ?? [])]).toEqual([
      0, 0, 0, 0, 0, 240, 255, 3, 12, 0, 0, 0,
    ]);
  });

  it("are none of a model that only tells people from background", () => {
    const { mask } = readResult(fields([1, 1]), [packed(Uint8Array.of(9)), EMPTY], IMAGE);
    expect(mask).toMatchObject({ labels: null, people: null });
    expect(mask.classLevels.size).toBe(0);
  });

  it.each<[string, DataView[]]>([
    ["missing", []],
    ["too small", [packed(new Uint8Array(11))]],
    ["not packed", [new DataView(new ArrayBuffer(12))]],
  ])("are not read where one is %s", (_, planes) => {
    const said: ResultFields = { ...fields([3, 4]), planes: [{ kind: "labels" }] };
    const buffers: ResultBuffers = [packed(new Uint8Array(12)), EMPTY, ...planes];
    expect(() => readResult(said, buffers, IMAGE)).toThrow();
  });
});

describe("the buffers of a message", () => {
  const said: Pick<ResultFields, "planes"> = { planes: [{ kind: "labels" }] };
  const [mask, plane, jpeg] = [1, 2, 3].map((size) => new DataView(new ArrayBuffer(size)));

  it("are those of the result, and what comes after them", () => {
    const found = resultBuffers(said, [mask, EMPTY, plane, jpeg] as DataView[]);
    expect(found).toEqual({ own: [mask, EMPTY, plane], rest: [jpeg] });
  });

  it("are none where one is missing", () => {
    expect(resultBuffers(said, [mask, EMPTY] as DataView[])).toBeNull();
  });
});
