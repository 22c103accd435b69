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

/** Make `el` the root of a widget: its styles apply, and keys pressed in it are its own. */
export function widgetRoot(el: HTMLElement, ...classes: string[]): void {
  el.classList.add("bodyseg", ...classes);
  keepKeys(el);
}

/**
 * Make keys pressed in `el` its own, until `signal` aborts.
 *
 * JupyterLab would take arrow keys and letters for notebook commands. Its shortcuts heed an
 * attribute, also that of what has the focus: most are for whatever has it in a notebook, and
 * are found there before an element around it is looked at. Its notebooks listen on the way up.
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

/** Set text only where it changes, so that screen readers are told once. */
export function setText(node: Node, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}
