/** Bundles each widget into one ES module of bodyseg_widgets/static/. */
import { build, context } from "esbuild";

const OUT = "../bodyseg_widgets/static";
const watch = process.argv.includes("--watch");

const options = {
  // Every file there is a widget: a new one needs no entry anywhere.
  entryPoints: ["src/widgets/*.ts", "src/styles/bodyseg.css", "src/styles/live_figure.css"],
  entryNames: "[name]",
  outdir: OUT,
  bundle: true,
  format: "esm",
  target: "es2022",
  minify: !watch,
  sourcemap: watch ? "inline" : false,
  logLevel: "info",
};

if (watch) {
  const watching = await context(options);
  await watching.watch();
} else {
  await build(options);
}
