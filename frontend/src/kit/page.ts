/**
 * What the widgets of one page share.
 *
 * Every widget is a bundle of its own, so they cannot share a module. They find each other
 * here by the keys that Python gave them, in whatever order they are loaded.
 */

interface Page {
  id: string;
  /** The number that was given last. */
  number: number;
  values: Map<string, unknown>;
  waiting: Map<string, ((value: never) => void)[]>;
}

const PAGE = Symbol.for("bodyseg_widgets.page");

/** As crypto.randomUUID(), which pages without HTTPS do not have. */
function randomId(): string {
  return [...crypto.getRandomValues(new Uint32Array(4))].map((part) => part.toString(36)).join("-");
}

function page(): Page {
  const holder = globalThis as { [PAGE]?: Page };
  holder[PAGE] ??= { id: randomId(), number: 0, values: new Map(), waiting: new Map() };
  return holder[PAGE];
}

/** An id of this page load, different in every window. */
export function pageId(): string {
  return page().id;
}

/** A number that nobody on this page was given before, from 1. */
export function freshNumber(): number {
  page().number += 1;
  return page().number;
}

/** Put an object where the page's other widgets find it, until `signal` aborts. */
export function provide<T>(key: string, value: T, signal: AbortSignal): void {
  const { values, waiting } = page();
  values.set(key, value);
  for (const resolve of waiting.get(key) ?? []) resolve(value as never);
  waiting.delete(key);
  signal.addEventListener("abort", () => {
    if (values.get(key) === value) values.delete(key);
  });
}

/** The object that another widget provides, now or later. */
export function find<T>(key: string): Promise<T> {
  const { values, waiting } = page();
  if (values.has(key)) return Promise.resolve(values.get(key) as T);
  return new Promise<T>((resolve) => {
    waiting.set(key, [...(waiting.get(key) ?? []), resolve]);
  });
}
