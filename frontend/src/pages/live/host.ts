/** What a notebook has for widgets, in a page without a kernel: their models, and who shows them. */
import type { AnyModel, AnyWidget, Host, InitializeProps, RenderProps } from "@anywidget/types";
import type { LiveLink, LiveNode, LiveWidget } from "../../generated";
import { fromBase64 } from "../../kit/base64";
import { element } from "../../kit/dom";
import { modelId } from "../../kit/reference";
import { type Answer, LiveModel } from "./model";

interface Definition {
  initialize?(props: InitializeProps): unknown;
  render?(props: RenderProps): unknown;
}

interface Entry {
  model: LiveModel;
  /** Resolves once the widget is initialized, which is when it is first asked for. */
  initialized(): Promise<Definition & { exports: unknown }>;
}

const NO_EXPERIMENTS: RenderProps["experimental"] = {
  invoke: () => Promise.reject(new Error("This page has no Python")),
};
/** The key of bytes, in base64. */
const BYTES = "bytes";

export class LiveHost {
  private readonly host: Host;
  private readonly entries = new Map<string, Entry>();
  /** A page's widgets end with it. */
  private readonly ending = new AbortController();

  constructor(private readonly kinds: Readonly<Record<string, unknown>>) {
    this.host = {
      getModel: async (reference) => this.entry(modelId(reference)).model as never,
      getWidget: async (reference) => {
        const id = modelId(reference);
        const { exports } = await this.entry(id).initialized();
        return { exports: exports as never, render: ({ el }) => this.render(id, el) };
      },
    };
  }

  /** Add a widget; one without a kind is only a model. */
  add({ id, kind, state }: LiveWidget, answer: Answer): void {
    const manager = { get_model: (each: string) => this.host.getModel(`anywidget:${each}`) };
    const traits = revived(state) as Record<string, unknown>;
    const model = new LiveModel(traits, manager as AnyModel["widget_manager"], answer);
    let initialized: ReturnType<Entry["initialized"]> | null = null;
    this.entries.set(id, {
      model,
      initialized: () => {
        initialized ??= this.initialize(model, this.kinds[kind] ?? {});
        return initialized;
      },
    });
  }

  model(id: string): LiveModel | null {
    return this.entries.get(id)?.model ?? null;
  }

  /** Keep two traits the same. */
  link({ source, target }: LiveLink): void {
    const [from, to] = [this.entry(source[0]).model, this.entry(target[0]).model];
    from.on(`change:${source[1]}`, () => to.set(target[1], from.get(source[1])));
    to.on(`change:${target[1]}`, () => from.set(source[1], to.get(target[1])));
  }

  /** Make what is shown of a node. */
  async show({ kind, classes, children, text, widget }: LiveNode): Promise<HTMLElement> {
    const el = element("div", { class: classes.join(" ") });
    if (kind === "text") el.innerHTML = text;
    if (kind === "box") el.append(...(await Promise.all(children.map((each) => this.show(each)))));
    // Some look for their place in the page, which they have soon.
    if (kind === "widget") await this.render(widget, el);
    return el;
  }

  private async render(id: string, el: HTMLElement): Promise<void> {
    const { model, initialized } = this.entry(id);
    const { host, ending } = this;
    const { render } = await initialized();
    const props = { model: model as unknown as AnyModel, el, signal: ending.signal, host };
    const shown = render?.({ ...props, experimental: NO_EXPERIMENTS });
    // One that waits until it has a parent must not be waited for.
    Promise.resolve(shown).catch(reportError);
  }

  private async initialize(model: LiveModel, widget: unknown) {
    const definition = (
      typeof widget === "function" ? await (widget as () => AnyWidget)() : widget
    ) as Definition;
    const exports = await definition.initialize?.({
      model: model as unknown as AnyModel,
      signal: this.ending.signal,
      experimental: NO_EXPERIMENTS,
    });
    return { ...definition, exports };
  }

  private entry(id: string): Entry {
    const entry = this.entries.get(id);
    // In ipywidgets' words.
    if (!entry) throw new Error("widget model not found");
    return entry;
  }
}

/** Values with their bytes, as ipywidgets has them. */
function revived(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(revived);
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value);
  const [first] = entries;
  if (entries.length === 1 && first?.[0] === BYTES)
    return new DataView(fromBase64(first[1] as string).buffer);
  return Object.fromEntries(entries.map(([name, each]) => [name, revived(each)]));
}
