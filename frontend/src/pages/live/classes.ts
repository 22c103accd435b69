/** Has models find the classes whose heatmaps views show, as Python does it. */
import type { ClassName, LiveWidget, LocalStream } from "../../generated";
import { modelId } from "../../kit/reference";
import type { LiveModel } from "./model";

/** @param modelOf the model of a widget */
export function wantClasses(
  widgets: readonly LiveWidget[],
  modelOf: (id: string) => LiveModel | null,
): void {
  const ofKind = (kind: string) =>
    widgets.filter((each) => each.kind === kind).flatMap(({ id }) => modelOf(id) ?? []);
  const views = ofKind("segmentation_view");
  for (const webcam of ofKind("webcam")) {
    const update = () => {
      const streams = webcam.get("_local_streams") as LocalStream[];
      const wanted = streams.map((each) => ({
        ...each,
        classes: classesOf(each.stream, views, modelOf(each.stream)),
      }));
      if (JSON.stringify(wanted) !== JSON.stringify(streams)) webcam.set("_local_streams", wanted);
    };
    for (const view of views)
      for (const trait of ["view", "heatmap_of"]) view.on(`change:${trait}`, update);
    update();
  }
}

function classesOf(id: string, views: readonly LiveModel[], stream: LiveModel | null): number[] {
  const labels = views
    .filter(
      (view) => view.get("view") === "heatmap" && modelId(view.get("stream") as string) === id,
    )
    .map((view) => view.get("heatmap_of"));
  const classes = (stream?.get("_classes") ?? []) as ClassName[];
  return classes.filter(({ name }) => labels.includes(name)).map(({ value }) => value);
}
