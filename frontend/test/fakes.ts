/** What a page with Jupyter has: models, and a host that finds them and displays widgets. */
import type { AnyModel, AnyWidget, Host, InitializeProps, RenderProps } from "@anywidget/types";
import { onTestFinished } from "vitest";

type Traits = Record<string, unknown>;
type Callback = (...args: unknown[]) => void;

/** A message, with its buffers. */
export interface Sent {
  content: { kind: string } & Traits;
  buffers: ArrayBuffer[];
}

/** A model that records what the page saves and sends; Python is whoever calls `receive`. */
export class FakeModel {
  /** All that was saved, one entry for each time. */
  readonly saved: Traits[] = [];
  readonly sent: Sent[] = [];
  /** Called with each message that is sent. */
  onSend: (message: Sent) => void = () => undefined;
  /** Called with what is saved. */
  onSave: (changes: Traits) => void = () => undefined;
  private changes: Traits = {};
  private readonly callbacks = new Map<string, Set<Callback>>();

  constructor(
    private readonly traits: Traits,
    readonly widget_manager: AnyModel["widget_manager"],
  ) {}

  get(name: string): unknown {
    if (!(name in this.traits)) throw new Error(`The model has no trait ${name}`);
    return this.traits[name];
  }

  /** A change by the page. */
  set(name: string, value: unknown): void {
    if (Object.is(this.get(name), value)) return;
    this.changes[name] = value;
    this.receive({ [name]: value });
  }

  save_changes(): void {
    const { changes } = this;
    this.changes = {};
    this.saved.push(changes);
    this.onSave(changes);
  }

  send(content: Sent["content"], _: unknown, buffers: ArrayBuffer[] = []): void {
    const message = { content, buffers };
    this.sent.push(message);
    this.onSend(message);
  }

  on(event: string, callback: Callback): void {
    const all = this.callbacks.get(event) ?? new Set();
    this.callbacks.set(event, all.add(callback));
  }

  /** Without arguments: all. */
  off(event?: string, callback?: Callback): void {
    if (event === undefined) this.callbacks.clear();
    else if (callback) this.callbacks.get(event)?.delete(callback);
  }

  /** A change by Python. */
  receive(traits: Traits): void {
    for (const [name, value] of Object.entries(traits)) {
      if (Object.is(this.get(name), value)) continue;
      this.traits[name] = value;
      this.fire(`change:${name}`);
    }
  }

  /** A message from Python. */
  deliver(content: Sent["content"], buffers: DataView[] = []): void {
    this.fire("msg:custom", content, buffers);
  }

  /** The kernel restarts, as ipywidgets tells it. */
  lose(): void {
    this.fire("comm_live_update");
  }

  /** What was saved last of a trait; undefined if it never was. */
  lastSaved(name: string): unknown {
    return this.saved.findLast((changes) => name in changes)?.[name];
  }

  private fire(event: string, ...args: unknown[]): void {
    for (const callback of [...(this.callbacks.get(event) ?? [])]) callback(...args);
  }
}

interface Entry {
  model: FakeModel;
  /** Resolves once the widget is initialized, which is when it is first asked for. */
  initialized(): Promise<Definition & { exports: unknown }>;
}

interface Definition {
  initialize?(props: InitializeProps): unknown;
  render?(props: RenderProps): unknown;
}

const NO_EXPERIMENTS: RenderProps["experimental"] = {
  invoke: () => Promise.reject(new Error("There is no invoke here")),
};

/** The widgets of a test's page, all closed after it. */
export class FakePage {
  readonly host: Host;
  private readonly entries = new Map<string, Entry>();
  private readonly ending = new AbortController();

  constructor() {
    this.host = {
      getModel: async (reference) => this.entry(reference).model as never,
      getWidget: async (reference) => {
        const { exports } = await this.entry(reference).initialized();
        const render = ({ el }: { el: HTMLElement }) => this.render(reference, el);
        return { exports: exports as never, render };
      },
    };
    onTestFinished(() => this.close());
  }

  /** Add a model with these traits; return it with the reference that others have to it. */
  add(id: string, traits: Traits, widget: unknown = {}): FakeModel {
    const manager = { get_model: (each: string) => this.host.getModel(`anywidget:${each}`) };
    const model = new FakeModel(traits, manager as AnyModel["widget_manager"]);
    let initialized: ReturnType<Entry["initialized"]> | null = null;
    this.entries.set(id, {
      model,
      initialized: () => {
        initialized ??= this.initialize(model, widget as AnyWidget);
        return initialized;
      },
    });
    return model;
  }

  /** Display a widget, until the returned function is called. */
  async display(id: string, width = 640): Promise<{ el: HTMLElement; remove(): void }> {
    const el = document.createElement("div");
    el.style.width = `${width}px`;
    document.body.append(el);
    const displayed = new AbortController();
    const remove = () => {
      displayed.abort();
      el.remove();
    };
    this.ending.signal.addEventListener("abort", remove);
    await this.render(`anywidget:${id}`, el, displayed.signal);
    return { el, remove };
  }

  private async render(reference: string, el: HTMLElement, signal = this.ending.signal) {
    const { model, initialized } = this.entry(reference);
    const { host } = this;
    const { render } = await initialized();
    const props = { model: model as unknown as AnyModel, el, signal, host };
    await render?.({ ...props, experimental: NO_EXPERIMENTS });
  }

  private async initialize(model: FakeModel, widget: AnyWidget) {
    const definition = (typeof widget === "function" ? await widget() : widget) as Definition;
    const exports = await definition.initialize?.({
      model: model as unknown as AnyModel,
      signal: this.ending.signal,
      experimental: NO_EXPERIMENTS,
    });
    return { ...definition, exports };
  }

  private entry(reference: string): Entry {
    const entry = this.entries.get(reference.replace("anywidget:", ""));
    // In ipywidgets' words.
    if (!entry) throw new Error("widget model not found");
    return entry;
  }

  /** Close all widgets, as the end of the test does. */
  close(): void {
    this.ending.abort();
  }
}
