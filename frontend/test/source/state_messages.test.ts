import { expect, it } from "vitest";
import { whyWaiting } from "../../src/source/state_messages";

const jupyter = { kind: "jupyter", why: "there is no link" } as const;

it.each([
  [
    "the connection is lost",
    { connected: false, runsCell: true },
    "connection to the Jupyter server",
  ],
  ["a cell runs", { connected: true, runsCell: true }, "Python is busy running a cell"],
  ["no one knows why", { connected: true, runsCell: false }, "Python does not answer"],
])("masks that do not come through Jupyter are waited for where %s", (_, kernel, words) => {
  expect(whyWaiting(kernel, jupyter)).toContain(words);
});

it("on the direct link no cell is to blame", () => {
  const kernel = { connected: true, runsCell: true };
  expect(whyWaiting(kernel, { kind: "direct" })).toContain("Python does not answer");
});
