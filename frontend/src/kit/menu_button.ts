/** A button that opens a menu. */
import type { RenderProps } from "@anywidget/types";
import type { ChosenMessage } from "../generated";
import { element, setText, widgetRoot } from "./dom";
import { randomId } from "./id";

interface Traits {
  items: string[];
  description: string;
  tooltip: string;
  disabled: boolean;
}

/** Between the button and its menu, in CSS pixels. */
const GAP = 4;

/** The entry that a key moves the focus to from entry `at`; null for other keys. */
export function moved(key: string, at: number, items: string[]): number | null {
  const count = items.length;
  if (count === 0) return null;
  if (key === "ArrowDown") return (at + 1) % count;
  if (key === "ArrowUp") return (Math.max(at, 0) + count - 1) % count;
  if (key === "Home") return 0;
  if (key === "End") return count - 1;
  if (key.length !== 1 || key === " ") return null;
  const begins = (item: string) => item.toLowerCase().startsWith(key.toLowerCase());
  const next = items.findIndex((item, index) => index > at && begins(item));
  const any = next < 0 ? items.findIndex(begins) : next;
  return any < 0 ? null : any;
}

function render({ model, el, signal }: RenderProps<Traits>) {
  widgetRoot(el, "bodyseg-menu-button");
  const id = `bodyseg-menu-${randomId()}`;
  // The browser opens and closes it, also on Escape and outside clicks.
  const toggle = element("button", {
    type: "button",
    class: "bodyseg-button",
    popovertarget: id,
    "aria-haspopup": "menu",
  });
  const menu = element("div", { id, popover: "auto", role: "menu", class: "bodyseg-menu" });
  el.append(toggle, menu);

  const entries = () => [...menu.querySelectorAll("button")];
  const list = () => {
    menu.replaceChildren(
      ...model.get("items").map((item, index) => {
        const entry = element("button", { type: "button", role: "menuitem", tabindex: "-1" }, item);
        entry.addEventListener("click", () => {
          menu.hidePopover();
          model.send({ kind: "chosen", index } satisfies ChosenMessage);
        });
        return entry;
      }),
    );
  };
  const show = () => {
    setText(toggle, model.get("description"));
    toggle.title = model.get("tooltip");
    toggle.disabled = model.get("disabled");
    menu.setAttribute("aria-label", model.get("tooltip"));
  };
  menu.addEventListener("toggle", (event) => {
    if ((event as ToggleEvent).newState !== "open") return;
    place(menu, toggle);
    entries()[0]?.focus();
  });
  menu.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Tab") menu.hidePopover();
    const at = entries().indexOf(document.activeElement as HTMLButtonElement);
    const to = moved(event.key, at, model.get("items"));
    if (to === null) return;
    event.preventDefault();
    entries()[to]?.focus();
  });
  toggle.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown") return;
    event.preventDefault();
    menu.showPopover();
  });
  // The page scrolls the button away from its menu; scrolling the menu itself does not.
  const close = (event: Event) => {
    if (event.target !== menu && menu.matches(":popover-open")) menu.hidePopover();
  };
  document.addEventListener("scroll", close, { capture: true, signal });
  window.addEventListener("resize", close, { signal });
  model.on("change:items", list);
  for (const name of ["description", "tooltip", "disabled"]) model.on(`change:${name}`, show);
  list();
  show();
}

/** Place the menu below the button or, without room there, above it. */
function place(menu: HTMLElement, toggle: HTMLElement): void {
  const from = toggle.getBoundingClientRect();
  const { width, height } = menu.getBoundingClientRect();
  const left = Math.min(from.left, document.documentElement.clientWidth - width - GAP);
  const below = from.bottom + GAP;
  const fits = below + height <= document.documentElement.clientHeight;
  menu.style.left = `${Math.max(GAP, left)}px`;
  menu.style.top = `${fits ? below : Math.max(GAP, from.top - GAP - height)}px`;
}

export default { render };
