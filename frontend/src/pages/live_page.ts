/** The page of `Explorer.to_html(live=True)`: models on a camera or the sample, without a kernel. */
import type { LivePage } from "../generated";
import bigScreenButton from "../widgets/big_screen_button";
import colorPicker from "../widgets/color_picker";
import differenceView from "../widgets/difference_view";
import effectControls from "../widgets/effect_controls";
import groupMark from "../widgets/group_mark";
import labelledSlider from "../widgets/labelled_slider";
import mirrorButton from "../widgets/mirror_button";
import segmentationStream from "../widgets/segmentation_stream";
import segmentationView from "../widgets/segmentation_view";
import thresholdSlider from "../widgets/threshold_slider";
import timeline from "../widgets/timeline";
import timingReadout from "../widgets/timing_readout";
import toggleButton from "../widgets/toggle_button";
import viewTabs from "../widgets/view_tabs";
import webcam from "../widgets/webcam";
import { wantClasses } from "./live/classes";
import { Files } from "./live/files";
import { LiveHost } from "./live/host";

const KINDS = {
  big_screen_button: bigScreenButton,
  color_picker: colorPicker,
  difference_view: differenceView,
  effect_controls: effectControls,
  group_mark: groupMark,
  labelled_slider: labelledSlider,
  mirror_button: mirrorButton,
  segmentation_stream: segmentationStream,
  segmentation_view: segmentationView,
  threshold_slider: thresholdSlider,
  timeline,
  timing_readout: timingReadout,
  toggle_button: toggleButton,
  view_tabs: viewTabs,
  webcam,
};

async function show(): Promise<void> {
  const text = document.getElementById("live")?.textContent ?? "";
  const page = JSON.parse(text) as LivePage;
  const host = new LiveHost(KINDS);
  const files = new Files(page, ({ stream, state, message, running_on, why }) => {
    const model = host.model(stream);
    // As Python does it.
    const traits = { running_on, running_why: why, message, state };
    for (const [name, value] of Object.entries(traits)) model?.set(name, value);
  });
  for (const widget of page.widgets) host.add(widget, files.answer);
  for (const link of page.links) host.link(link);
  wantClasses(page.widgets, (id) => host.model(id));
  const shown = await host.show(page.layout);
  document.querySelector("main")?.replaceChildren(shown);
  document.documentElement.dataset.shown = "yes";
}

void show();
