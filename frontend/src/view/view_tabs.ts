/** Tabs to choose a view. */
import type { RenderProps } from "@anywidget/types";
import { element, widgetRoot } from "../kit/dom";

interface Traits {
  _views: string[];
  value: string;
}

function render({ model, el, signal }: RenderProps<Traits>) {
  const views = model.get("_views");
  widgetRoot(el, "bodyseg-tabs", "bodyseg-in-page");
  el.setAttribute("role", "tablist");
  el.setAttribute("aria-label", "View");
  const tabs = views.map((view) => {
    const label = view.charAt(0).toUpperCase() + view.slice(1);
    const tab = element("button", { type: "button", role: "tab" }, label);
    tab.addEventListener("click", () => choose(view));
    return tab;
  });
  el.append(...tabs);

  const choose = (view: string) => {
    model.set("value", view);
    model.save_changes();
  };
  el.addEventListener(
    "keydown",
    (event) => {
      const at = views.indexOf(model.get("value"));
      const to = {
        ArrowLeft: (at + views.length - 1) % views.length,
        ArrowRight: (at + 1) % views.length,
        Home: 0,
        End: views.length - 1,
      }[event.key];
      const view = to === undefined ? undefined : views[to];
      if (to === undefined || view === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      choose(view);
      tabs[to]?.focus();
    },
    { signal },
  );

  const mark = () => {
    tabs.forEach((tab, index) => {
      const chosen = views[index] === model.get("value");
      tab.setAttribute("aria-selected", String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
    });
  };
  model.on("change:value", mark);
  mark();
}

export default { render };
