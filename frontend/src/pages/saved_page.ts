/** The page of `Explorer.to_html`: it stands alone, without kernel and network. */
import type { SavedPage } from "../generated";
import { fromBase64 } from "../kit/base64";
import { element } from "../kit/dom";
import { jpeg, showPanel } from "../record/saved_panel";
import { turntable } from "../record/turntable";
import { readPoses } from "../source/pose";

async function show(): Promise<void> {
  const text = document.getElementById("saved")?.textContent ?? "";
  const page = JSON.parse(text) as SavedPage;
  const frame = await createImageBitmap(jpeg(page.frame));
  const panels = await Promise.all(page.panels.map((panel) => showPanel(panel, frame)));
  const main = document.querySelector("main") as HTMLElement;
  main.replaceChildren(...panels);
  for (const { name, mirror, result } of page.panels) {
    if (!result?.poses.length || !result.topology?.in_3d) continue;
    const poses = readPoses(result.poses, new DataView(fromBase64(result.keypoints).buffer));
    const section = element("section", { class: "panel", "aria-label": `${name} in 3D` });
    const note = element("p", { class: "facts" }, "Drag to turn it. Meters from the hips.");
    section.append(
      element("h2", {}, `${name} in 3D`),
      turntable(poses, result.topology, mirror),
      note,
    );
    main.append(section);
  }
  document.documentElement.dataset.shown = "yes";
}

void show();
