/**
 * Bundles a worker's program to text, which a widget's bundle can carry: anywidget sends one file
 * for each widget. `import program from "worker:NAME"` gives the program of `src/workers/NAME.ts`.
 */
import { join } from "node:path";
import { build } from "esbuild";

const PREFIX = /^worker:/;
const NAMESPACE = "worker-program";
const WORKERS = join(import.meta.dirname, "src/workers");

/** What all bundles have in common. */
export const FORMAT = { bundle: true, format: "esm", target: "es2022" };

/** The text of a program, and the files it was made of. */
async function bundled(name, options) {
  const { outputFiles, metafile } = await build({
    ...FORMAT,
    ...options,
    absWorkingDir: import.meta.dirname,
    entryPoints: [join(WORKERS, `${name}.ts`)],
    write: false,
    metafile: true,
  });
  const files = Object.keys(metafile.inputs).map((file) => join(import.meta.dirname, file));
  return { text: outputFiles[0].text, files };
}

/** For esbuild; the programs are built with these options. */
export function workerPrograms(options) {
  return {
    name: "worker programs",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: PREFIX }, ({ path }) => ({
        path: path.replace(PREFIX, ""),
        namespace: NAMESPACE,
      }));
      onLoad({ filter: /.*/, namespace: NAMESPACE }, async ({ path }) => {
        const { text, files } = await bundled(path, options);
        return { contents: text, loader: "text", watchFiles: files };
      });
    },
  };
}

/** For Vite, which the tests use. */
export function viteWorkerPrograms() {
  return {
    name: "worker programs",
    resolveId: (id) => (PREFIX.test(id) ? `\0${id}` : null),
    async load(id) {
      if (!id.startsWith("\0worker:")) return null;
      const { text, files } = await bundled(id.replace("\0worker:", ""), { sourcemap: "inline" });
      for (const file of files) this.addWatchFile(file);
      return `export default ${JSON.stringify(text)};`;
    },
  };
}
