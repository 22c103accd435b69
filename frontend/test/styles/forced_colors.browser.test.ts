/** What high contrast leaves of the marks that are made of colors: all of them. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { commands } from "vitest/browser";
import { element } from "../../src/kit/dom";
import { svgElement } from "../../src/kit/svg";

declare module "vitest/browser" {
  interface BrowserCommands {
    forceColors(active: boolean): Promise<void>;
  }
}

beforeEach(() => commands.forceColors(true));
afterEach(async () => {
  document.body.replaceChildren();
  await commands.forceColors(false);
});

/** Put elements into the root of a widget. */
function show<Elements extends (HTMLElement | SVGElement)[]>(name: string, ...made: Elements) {
  document.body.append(element("div", { class: `bodyseg bodyseg-${name}` }, ...made));
  return made;
}

const button = (...attributes: [string, string][]) =>
  element("button", { class: "bodyseg-button", ...Object.fromEntries(attributes) }, "A");
const background = (of: Element, part?: string) => getComputedStyle(of, part).backgroundColor;

test("what is pressed and which view is chosen", () => {
  const [pressed, other] = show(
    "toggle",
    button(["aria-pressed", "true"]),
    button(["aria-pressed", "false"]),
  );
  expect(background(pressed)).not.toBe(background(other));
  expect(getComputedStyle(pressed).color).not.toBe(background(pressed));
  const [chosen, rest] = show(
    "tabs",
    button(["aria-selected", "true"]),
    button(["aria-selected", "false"]),
  );
  expect(background(chosen)).not.toBe(background(rest));
  // A line under the other would say that it is chosen, too.
  const under = (each: Element) => getComputedStyle(each).borderBottomColor;
  expect(under(rest)).not.toBe(under(chosen));
  expect(under(rest)).not.toBe(getComputedStyle(rest).color);
});

test("the lamp of Stop, and the icons of buttons", () => {
  const [stop] = show("webcam", button(["class", "bodyseg-button bodyseg-live"]));
  expect(background(stop, "::before")).not.toBe(background(stop));
  for (const name of ["recorder", "big-screen"]) {
    const [action] = show(name, button());
    expect(background(action, "::before"), name).not.toBe(background(action));
  }
});

test("sliders, and the bars above the threshold", () => {
  const [range] = show("slider", element("input", { type: "range", class: "bodyseg-range" }));
  // Browsers would take the track's gradient away.
  expect(getComputedStyle(range).forcedColorAdjust).toBe("none");
  const below = svgElement("path");
  const above = svgElement("path", { class: "bodyseg-above" });
  show("threshold", svgElement("svg", { class: "bodyseg-histogram" }, below, above));
  expect(getComputedStyle(above).fill).not.toBe(getComputedStyle(below).fill);
});

test("how far a bar is: the browser's own, whose colors are the user's", async () => {
  const [bar] = show("note", element("progress", { value: "0.5" }));
  expect(getComputedStyle(bar).appearance).toBe("auto");
  await commands.forceColors(false);
  expect(getComputedStyle(bar).appearance).toBe("none");
});

test("the colors of legends, and of a picker", () => {
  const dot = element("i");
  dot.style.background = "rgb(230, 159, 0)";
  show("slider", dot);
  expect(background(dot)).toBe("rgb(230, 159, 0)");
  const [stage] = show("times", element("i", { "data-stage": "infer" }));
  expect(background(stage)).toBe("rgb(230, 159, 0)");
});

test("the focus", () => {
  const [focused] = show("toggle", button());
  focused.focus({ focusVisible: true } as FocusOptions);
  const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(focused);
  expect([outlineStyle, outlineWidth]).toEqual(["solid", "2px"]);
  expect(outlineColor).not.toBe(background(document.body));
});
