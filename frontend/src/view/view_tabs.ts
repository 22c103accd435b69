/** Tabs to choose a view, of those that the results of a stream have. */
import type { RenderProps } from "@anywidget/types";
import { element, setText, widgetRoot } from "../kit/dom";
import type { Reference } from "../kit/reference";
import { findStream, type Stream } from "../stream/stream";
import { isOffered, nameOf, offered } from "./offered_views";

/** More than this many do not fit into a row of a narrow panel. */
const MANY = 6;

interface Traits {
  _views: string[];
  /** Null where the views are not those of a stream. */
  stream: Reference | null;
  value: string;
}

async function render({ model, el, signal, host }: RenderProps<Traits>) {
  const reference = model.get("stream");
  const found = reference ? await findStream(host, reference) : null;
  if (signal.aborted) return;
  const stream: Stream | null = found?.stream ?? null;
  const views = model.get("_views");
  widgetRoot(el, "bodyseg-tabs", "bodyseg-in-page");
  el.setAttribute("role", "tablist");
  el.setAttribute("aria-label", "View");
  const tabs = views.map((view) => {
    const tab = element("button", { type: "button", role: "tab" });
    tab.addEventListener("click", () => choose(view));
    return { view, tab };
  });
  el.append(...tabs.map(({ tab }) => tab));

  const choose = (view: string) => {
    model.set("value", view);
    model.save_changes();
  };
  const chosen = () => (stream ? offered(model.get("value"), stream) : model.get("value"));
  el.addEventListener(
    "keydown",
    (event) => {
      const there = tabs.filter(({ tab }) => !tab.hidden);
      const at = there.findIndex(({ view }) => view === chosen());
      const to = {
        ArrowLeft: (at + there.length - 1) % there.length,
        ArrowRight: (at + 1) % there.length,
        Home: 0,
        End: there.length - 1,
      }[event.key];
      const next = to === undefined ? undefined : there[to];
      if (!next) return;
      event.preventDefault();
      event.stopPropagation();
      choose(next.view);
      next.tab.focus();
    },
    { signal },
  );

  const mark = () => {
    const isThere = (view: string) => stream === null || isOffered(view, stream);
    el.classList.toggle("bodyseg-many", views.filter(isThere).length > MANY);
    for (const { view, tab } of tabs) {
      setText(tab, nameOf(view, stream));
      tab.hidden = !isThere(view);
      const isChosen = view === chosen();
      tab.setAttribute("aria-selected", String(isChosen));
      tab.tabIndex = isChosen ? 0 : -1;
    }
  };
  model.on("change:value", mark);
  stream?.onState(mark, signal);
  mark();
}

export default { render };
