/** Bundles each widget into one ES module of bodyseg_widgets/static/. */
import * as esbuild from "esbuild";

const OUT = "../bodyseg_widgets/static";
const WIDGETS = [
  "agreement_table",
  "difference_view",
  "effect_controls",
  "frame_channel",
  "group_mark",
  "labelled_slider",
  "live_figure",
  "menu_button",
  "segmentation_stream",
  "segmentation_view",
  "threshold_slider",
  "timeline",
  "timing_readout",
  "toggle_button",
  "view_recorder",
  "view_tabs",
  "webcam",
];

const watch = process.argv.includes("--watch");

const options = {
  entryPoints: [
    ...WIDGETS.map((name) => `src/${name}.ts`),
    "src/bodyseg.css",
    "src/live_figure.css",
  ],
  outdir: OUT,
  bundle: true,
  format: "esm",
  target: "es2022",
  minify: !watch,
  sourcemap: watch ? "inline" : false,
  logLevel: "info",
};

if (watch) {
  const context = await esbuild.context(options);
  await context.watch();
} else {
  await esbuild.build(options);
}
