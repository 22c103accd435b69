/** What a page keeps of widgets that were closed, although it keeps their models. */
import type { AnyModel, InitializeProps, RenderProps } from "@anywidget/types";
import { expect, test } from "vitest";
import { frontEnd } from "../../src/kit/front_end";
import { FakeModel } from "../fakes";

Object.assign(globalThis, { STYLES: "" });

test("a widget that is closed hears nothing more, whatever it listened to", () => {
  const model = new FakeModel({ value: 1 }, {} as AnyModel["widget_manager"]);
  const heard: string[] = [];
  const make = frontEnd({
    slider: {
      initialize: ({ model: its }: InitializeProps) =>
        its.on("change:value", () => heard.push("changed")),
    },
  });
  const closing = new AbortController();
  make("slider").initialize?.({ model, signal: closing.signal } as unknown as InitializeProps);
  model.set("value", 2);
  closing.abort();
  model.set("value", 3);
  expect(heard).toEqual(["changed"]);
});

test("a display that is removed keeps nothing of what it showed", () => {
  const el = document.createElement("div");
  const make = frontEnd({ slider: { render: (props: RenderProps) => props.el.append("shown") } });
  const removing = new AbortController();
  make("slider").render?.({ el, signal: removing.signal } as unknown as RenderProps);
  expect(el.textContent).toBe("shown");
  removing.abort();
  expect(el.childNodes).toHaveLength(0);
});
