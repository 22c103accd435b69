/**
 * The module of every widget. A notebook saves it once per widget, so it is small: all widgets are
 * in one program, which a widget of its own brings to the page (`carrier.ts`).
 */
import type { AnyModel, InitializeProps, RenderProps } from "@anywidget/types";
import { arrival } from "./arrival";
import type { Widget } from "./front_end";

/** The widget's name, which Python puts before this module. */
declare const WIDGET: string;

export default () => {
  let widget: Widget | null = null;
  return {
    async initialize(props: InitializeProps) {
      const model: AnyModel = props.model;
      // See `reference.ts`, which would make this module larger.
      const carrier = model.get("_front_end").slice("anywidget:".length);
      // Some pages make a model only when it is asked for.
      await model.widget_manager.get_model(carrier);
      widget = (await arrival(carrier)[0])(WIDGET);
      // Hosts keep what is here as long as the model.
      props.signal.addEventListener("abort", () => {
        widget = null;
      });
      return widget.initialize?.(props);
    },
    render: (props: RenderProps) => widget?.render?.(props),
  };
};
