/** The program that has all widgets: it makes them, and gives pages their styles. */
import type { InitializeProps, RenderProps } from "@anywidget/types";

/** The style sheet, which Python puts before the program. */
declare const STYLES: string;

/** A widget of one model. */
export interface Widget {
  initialize?(props: InitializeProps): unknown;
  render?(props: RenderProps): unknown;
}

/** Makes the widget of a name, for one model. */
export type MakeWidget = (name: string) => Widget;

/** What is needed to make widgets of these; the page has their styles from now on. */
export function frontEnd(widgets: Record<string, Widget | (() => Widget)>): MakeWidget {
  addStyles(document);
  return (name) => {
    const definition = widgets[name];
    if (!definition) throw new Error(`There is no widget ${name}.`);
    const widget = typeof definition === "function" ? definition() : definition;
    return {
      initialize(props) {
        const { model, signal } = props;
        // JupyterLab keeps models of closed widgets as long as the kernel, and with them all that
        // listens.
        signal.addEventListener("abort", () => model.off());
        return widget.initialize?.(props);
      },
      render(props) {
        const root = props.el.getRootNode();
        // marimo shows each widget in one.
        if (root instanceof ShadowRoot) addStyles(root);
        const { el, signal } = props;
        const rendered = widget.render?.(props);
        // The model keeps its last view.
        signal.addEventListener("abort", () => el.replaceChildren());
        return rendered;
      },
    };
  };
}

const styled = new WeakSet<Node>();

function addStyles(root: Document | ShadowRoot): void {
  if (styled.has(root)) return;
  styled.add(root);
  const style = document.createElement("style");
  style.textContent = STYLES;
  (root instanceof Document ? root.head : root).append(style);
}
