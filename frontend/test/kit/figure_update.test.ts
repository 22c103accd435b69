import { describe, expect, it } from "vitest";
import { merge, readUpdate, restyling } from "../../src/kit/figure_update";

describe("an update", () => {
  it("has its arrays from the message's buffers, wherever they begin", () => {
    const bytes = new Uint8Array(1 + 8);
    new DataView(bytes.buffer).setFloat32(1, 0.5, true);
    new DataView(bytes.buffer).setFloat32(5, 2, true);
    const update = readUpdate(
      {
        kind: "update",
        update: 3,
        traces: { 1: { x: { buffer: 0, dtype: "float32" }, text: ["a", "b"], visible: true } },
        layout: { "scene.xaxis.range": [0, 1] },
      },
      [new DataView(bytes.buffer, 1)],
    );
    expect(update).toEqual({
      update: 3,
      traces: { 1: { x: new Float32Array([0.5, 2]), text: ["a", "b"], visible: true } },
      layout: { "scene.xaxis.range": [0, 1] },
    });
  });

  it("takes in the one before it, of which the newer values win", () => {
    const first = { update: 1, traces: { 0: { x: [1], y: [1] } }, layout: { a: 1, b: 1 } };
    const second = { update: 2, traces: { 0: { y: [2] }, 2: { x: [2] } }, layout: { b: 2 } };
    expect(merge(null, first)).toBe(first);
    expect(merge(first, second)).toEqual({
      update: 2,
      traces: { 0: { x: [1], y: [2] }, 2: { x: [2] } },
      layout: { a: 1, b: 2 },
    });
  });

  it("names each property once for plotly, with a value for each of its traces", () => {
    const traces = { 0: { x: [1] }, 3: { x: [3], visible: true } };
    expect(restyling({ update: 1, traces, layout: {} })).toEqual({
      properties: { x: [[1], [3]], visible: [undefined, true] },
      places: [0, 3],
    });
  });
});
