/** Whether an element has a place on a page, such as JupyterLab's. */
import { expect, onTestFinished, test, vi } from "vitest";
import { element } from "../../src/kit/dom";
import { hasPlace, onPlace } from "../../src/kit/visibility";

/** A control in a cell of a notebook, as JupyterLab has it. */
function open() {
  const control = element("button", {}, "Stop");
  const output = element("div", {}, control);
  const cell = element("div", { class: "jp-Cell" }, output);
  const notebook = element("div", {}, element("div", { class: "jp-WindowedPanel-viewport" }, cell));
  document.body.append(notebook);
  const ending = new AbortController();
  onTestFinished(() => {
    ending.abort();
    notebook.remove();
  });
  const changed = vi.fn();
  onPlace(control, changed, ending.signal);
  return { notebook, cell, output, control, changed };
}

test("a hidden output has no place, and one that is scrolled away has", async () => {
  const { output, control, cell, changed } = open();
  expect(hasPlace(control)).toBe(true);
  cell.style.marginTop = "5000px";
  expect(hasPlace(control)).toBe(true);
  output.hidden = true;
  expect(hasPlace(control)).toBe(false);
  await expect.poll(() => changed.mock.calls.length).toBe(1);
  output.hidden = false;
  await expect.poll(() => changed.mock.calls.length).toBe(2);
});

test("a cell that JupyterLab hides as it is scrolled away has a place, unless more is hidden", async () => {
  const { notebook, cell, output, control, changed } = open();
  cell.style.display = "none";
  expect(hasPlace(control)).toBe(true);
  output.hidden = true;
  expect(hasPlace(control)).toBe(false);
  output.hidden = false;
  await new Promise(requestAnimationFrame);
  await new Promise(requestAnimationFrame);
  expect(changed).not.toHaveBeenCalled();
  notebook.hidden = true;
  expect(hasPlace(control)).toBe(false);
  await expect.poll(() => changed.mock.calls.length).toBe(1);
});
