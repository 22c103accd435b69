/**
 * Bundles the widgets into one ES module of bodyseg_widgets/static/, with what brings it to a page;
 * with --watch each into one of its own, which anywidget watches.
 */
import { readdirSync } from "node:fs";
import { parse } from "node:path";
import { build, context } from "esbuild";
import { FORMAT, workerPrograms } from "./worker_program.mjs";

const OUT = "../bodyseg_widgets/static";
const WIDGETS = "src/widgets";
const watch = process.argv.includes("--watch");

const size = { minify: !watch, sourcemap: watch ? "inline" : false };

const common = { ...FORMAT, ...size, logLevel: "info", plugins: [workerPrograms(size)] };

/** The program of all widgets: every file in WIDGETS is one. */
function allWidgets() {
  const names = readdirSync(WIDGETS).map((file) => parse(file).name);
  return [
    'import { frontEnd } from "../kit/front_end";',
    ...names.map((name) => `import ${name} from "./${name}";`),
    `export default frontEnd({ ${names.join(", ")} });`,
  ].join("\n");
}

/**
 * What runs models in pages that ask for it: a file of its own, which they get with LiteRT.js. A
 * script and no module, because LiteRT.js imports another one.
 */
const inference = {
  ...common,
  format: "iife",
  entryPoints: ["src/workers/inference_worker.ts"],
  outfile: `${OUT}/inference.js`,
};

const others = {
  ...common,
  entryPoints: [
    ...(watch ? [`${WIDGETS}/*.ts`] : ["src/kit/loader.ts", "src/kit/carrier.ts"]),
    "src/pages/*.ts",
    "src/styles/bodyseg.css",
    "src/styles/saved_page.css",
    "src/styles/live_page.css",
  ],
  entryNames: "[name]",
  outdir: OUT,
};

if (watch) {
  const watching = await context(others);
  await watching.watch();
  await (await context(inference)).watch();
} else {
  const stdin = { contents: allWidgets(), resolveDir: WIDGETS, sourcefile: "all_widgets.ts" };
  await build({ ...common, stdin, outfile: `${OUT}/bodyseg.js` });
  await build(others);
  await build(inference);
}
