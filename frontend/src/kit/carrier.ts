/**
 * The module of the widget that brings the program of all widgets to a page (`FrontEnd` in Python).
 * The page runs it once, and then forgets its text, so that no notebook saves it.
 *
 * A notebook that was saved without its kernel has no program, so its widgets only say that.
 */
import type { InitializeProps } from "@anywidget/types";
import { arrival } from "./arrival";
import type { MakeWidget } from "./front_end";
import { SAVED } from "./saved_notebook";

interface Traits {
  _id: string;
  _version: string;
  /** Compressed by gzip. */
  _program: DataView | null;
}

declare global {
  /** By version. */
  var bodysegPrograms1: Record<string, Promise<{ default: MakeWidget }>> | undefined;
}

function initialize({ model, signal }: InitializeProps<Traits>): void {
  const id = model.get("_id");
  const bring = async () => {
    const program = model.get("_program");
    if (!program?.byteLength) return makeSaved;
    globalThis.bodysegPrograms1 ??= {};
    const all = globalThis.bodysegPrograms1;
    const version = model.get("_version");
    all[version] ??= run(program);
    const running = await all[version];
    // Python keeps it, for other pages, and sends it again when a lost connection is found.
    const forget = () => model.set("_program", null);
    model.on("change:_program", forget);
    signal.addEventListener("abort", () => model.off("change:_program", forget));
    forget();
    return running.default;
  };
  // Not awaited: a widget that takes more than two seconds to initialize gets no messages.
  arrival(id)[1](bring());
  signal.addEventListener("abort", () => delete globalThis.bodyseg1?.[id]);
}

function run(program: DataView): Promise<{ default: MakeWidget }> {
  const packed = new Blob([program as DataView<ArrayBuffer>]).stream();
  const unpacked = new Response(packed.pipeThrough(new DecompressionStream("gzip")));
  return unpacked.arrayBuffer().then((text) => {
    const url = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
    return import(/* @vite-ignore */ url).finally(() => URL.revokeObjectURL(url));
  });
}

/** Widgets that are also shown alone. */
const SPOKESMEN = [
  "webcam",
  "segmentation_view",
  "difference_view",
  "agreement_table",
  "live_figure",
];

const makeSaved: MakeWidget = (name) => ({
  render({ el }) {
    el.classList.add("bodyseg-saved", `bodyseg-saved-${name}`);
    if (SPOKESMEN.includes(name)) el.textContent = SAVED;
  },
});

export default { initialize };
