import { expect, test } from "vitest";

declare global {
  interface ImportMeta {
    glob(pattern: string, options: object): Record<string, string>;
  }
}

/**
 * Folders of `src`, from the top down: a module imports of its own folder and of those below.
 * Folders within one count as the subject's; `worker` is for what runs in a worker.
 */
const LAYERS = [
  ["pages"],
  ["widgets"],
  ["workers"],
  ["record", "compare", "editor"],
  ["view"],
  ["effects"],
  ["drawing"],
  ["stream"],
  ["source"],
  ["transport"],
  ["inference"],
  ["kit"],
  // Modules beside the folders.
  ["."],
];

/** Modules of the worker that have only types. */
const INTERFACES = ["source/worker/display"];

const sources = import.meta.glob("../src/**/*.ts", {
  query: "?raw",
  import: "default",
  eager: true,
});

/** What modules import besides each other. */
const data = new Set(
  Object.keys(
    import.meta.glob("../src/**/*.json", { query: "?raw", import: "default", eager: true }),
  ).map((path) => path.slice("../src/".length)),
);

/** By module, such as `source/frames`, what it imports. */
const imports = new Map(
  Object.entries(sources).map(([path, text]) => {
    const module = path.slice("../src/".length, -".ts".length);
    return [module, imported(module, text)];
  }),
);

function imported(module: string, text: string): string[] {
  const found = [...text.matchAll(/\b(?:from|import) ?\(?"(\.{1,2}\/[^"]+)"/g)];
  return found.map(([, path = ""]) => resolve(directoryOf(module), path));
}

function directoryOf(module: string): string {
  return module.includes("/") ? module.slice(0, module.lastIndexOf("/")) : ".";
}

function folderOf(module: string): string {
  return directoryOf(module).replace(/\/.*/, "");
}

function resolve(folder: string, path: string): string {
  const parts = folder === "." ? [] : folder.split("/");
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== ".") parts.push(part);
  }
  return parts.join("/");
}

function layerOf(module: string): number {
  return LAYERS.findIndex((folders) => folders.includes(folderOf(module)));
}

/** Every way from a module back to itself. */
function circles(): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (module: string, way: string[]) => {
    const start = way.indexOf(module);
    if (start >= 0) found.push([...way.slice(start), module].join(" → "));
    if (start >= 0 || done.has(module)) return;
    for (const next of imports.get(module) ?? []) visit(next, [...way, module]);
    done.add(module);
  };
  for (const module of imports.keys()) visit(module, []);
  return found;
}

test("every module is in a layer", () => {
  expect([...imports.keys()].filter((module) => layerOf(module) < 0)).toEqual([]);
});

test("modules import of their own folder and of those below", () => {
  const upwards = [...imports].flatMap(([module, names]) =>
    names
      .filter((name) => folderOf(name) !== folderOf(module) && layerOf(name) <= layerOf(module))
      .map((name) => `${module} imports ${name}`),
  );
  expect(upwards).toEqual([]);
});

test("of what runs in the worker, pages import only types", () => {
  const isOfWorker = (module: string) => directoryOf(module).endsWith("/worker");
  const strays = [...imports].flatMap(([module, names]) =>
    isOfWorker(module) || ["workers", "drawing"].includes(folderOf(module))
      ? []
      : names.filter((name) => isOfWorker(name) && !INTERFACES.includes(name)),
  );
  expect(strays).toEqual([]);
});

test("no module imports itself by way of others", () => {
  expect(circles()).toEqual([]);
});

test("what is imported is there", () => {
  const missing = [...imports.values()]
    .flat()
    .filter((name) => !(imports.has(name) || data.has(name)));
  expect(missing).toEqual([]);
});
