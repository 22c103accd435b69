/** Bundles each widget into one ES module of bodyseg_widgets/static/. */
import { build, context } from "esbuild";
import { FORMAT, workerPrograms } from "./worker_program.mjs";

const OUT = "../bodyseg_widgets/static";
const watch = process.argv.includes("--watch");

const size = { minify: !watch, sourcemap: watch ? "inline" : false };

const options = {
  ...FORMAT,
  ...size,
  // Every file there is a widget: a new one needs no entry anywhere.
  entryPoints: [
    "src/widgets/*.ts",
    "src/pages/*.ts",
    "src/styles/bodyseg.css",
    "src/styles/live_figure.css",
    "src/styles/saved_page.css",
  ],
  entryNames: "[name]",
  outdir: OUT,
  logLevel: "info",
  plugins: [workerPrograms(size)],
};

if (watch) {
  const watching = await context(options);
  await watching.watch();
} else {
  await build(options);
}
