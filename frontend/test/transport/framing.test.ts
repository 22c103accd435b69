import { expect, it } from "vitest";
import { pack, unpack } from "../../src/transport/worker/framing";

const bytes = (...values: number[]) => new Uint8Array(values).buffer;

it("returns messages and buffers as they were", () => {
  const framed = pack({ kind: "frame", page: "é" }, [bytes(1, 2, 3), bytes(), bytes(4)]);
  const { message, buffers } = unpack(framed);
  expect(message).toEqual({ kind: "frame", page: "é" });
  expect(buffers.map((each) => each.byteLength)).toEqual([3, 0, 1]);
  expect([buffers[0]?.getUint8(2), buffers[2]?.getUint8(0)]).toEqual([3, 4]);
});

it("writes what Python reads", () => {
  // `pack({"kind": "x"}, [b"ab"])` of bodyseg_widgets/link/framing.py, without the first length.
  const head = '{"message":{"kind":"x"},"buffers":[2]}';
  const expected = [head.length, 0, 0, 0, ...new TextEncoder().encode(`${head}ab`)];
  expect([...new Uint8Array(pack({ kind: "x" }, [new TextEncoder().encode("ab").buffer]))]).toEqual(
    expected,
  );
});

it.each([bytes(), bytes(9, 0, 0, 0), bytes(2, 0, 0, 0, 123, 123)])(
  "refuses what is no message",
  (data) => {
    expect(() => unpack(data)).toThrow();
  },
);
