import { expect, test } from "vitest";
import type { LiveWidget } from "../../src/generated";
import { wantClasses } from "../../src/pages/live/classes";
import { LiveModel } from "../../src/pages/live/model";

const CLASSES = [
  { value: 0, name: "left_face" },
  { value: 12, name: "torso_front" },
];
const WIDGETS: LiveWidget[] = [
  {
    id: "webcam",
    kind: "webcam",
    state: { _local_streams: [{ stream: "one" }, { stream: "two" }] },
  },
  {
    id: "view",
    kind: "segmentation_view",
    state: { stream: "anywidget:one", view: "mask", heatmap_of: "torso_front" },
  },
  { id: "one", kind: "segmentation_stream", state: { _classes: CLASSES } },
  { id: "two", kind: "segmentation_stream", state: { _classes: CLASSES } },
];

test("a class is found while a view shows its heatmap", () => {
  const models = new Map(
    WIDGETS.map(({ id, state }) => [id, new LiveModel({ ...state }, {} as never, () => undefined)]),
  );
  wantClasses(WIDGETS, (id) => models.get(id) ?? null);
  const wanted = () => models.get("webcam")?.get("_local_streams");
  const both = (classes: number[]) => [
    { stream: "one", classes },
    { stream: "two", classes: [] },
  ];
  expect(wanted()).toEqual(both([]));
  const view = models.get("view");
  view?.set("view", "heatmap");
  expect(wanted()).toEqual(both([12]));
  view?.set("heatmap_of", "left_face");
  expect(wanted()).toEqual(both([0]));
  view?.set("heatmap_of", "person");
  expect(wanted()).toEqual(both([]));
  const before = wanted();
  view?.set("view", "mask");
  expect(wanted()).toBe(before);
});
