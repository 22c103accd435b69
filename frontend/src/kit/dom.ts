/** Make an element with attributes and children. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, string> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** Make `el` the root of a widget, with its styles and its own keys. */
export function widgetRoot(el: HTMLElement, ...classes: string[]): void {
  el.classList.add("bodyseg", ...classes);
  keepKeys(el);
}

/**
 * Keep the host from handling keys pressed in `el`, until `signal` aborts.
 *
 * JupyterLab would run notebook commands on arrow keys and letters. Its shortcuts respect an
 * attribute of the focused element itself, not only of its ancestors; its notebooks also listen for
 * bubbling events.
 */
export function keepKeys(el: HTMLElement, signal?: AbortSignal): void {
  const suppress = ({ dataset }: HTMLElement) => {
    dataset.lmSuppressShortcuts = "true";
  };
  suppress(el);
  const mark = ({ target }: FocusEvent) => {
    if (target instanceof HTMLElement) suppress(target);
  };
  const keep = (event: KeyboardEvent) => {
    if (!event.ctrlKey && !event.metaKey && !event.altKey) event.stopPropagation();
  };
  const until = signal ? { signal } : {};
  el.addEventListener("focusin", mark, until);
  el.addEventListener("keydown", keep, until);
}

/** A button that calls `action`. */
export function button(label: string, action: () => void, className = ""): HTMLButtonElement {
  const made = element("button", { type: "button", class: `bodyseg-button ${className}` }, label);
  made.addEventListener("click", action);
  return made;
}

/** Set text only if it changes, so that screen readers announce it once. */
export function setText(node: Node, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}
