/** A table with the agreement of each two panels. */
import type { RenderProps } from "@anywidget/types";
import type { Agreement, Measure } from "../generated";
import { element, setText, widgetRoot } from "../kit/dom";
import { reportHidden } from "../kit/hidden";
import { ClassAgreementTable } from "./class_agreement";

interface Traits {
  _agreement: Agreement;
  _hidden: boolean;
  measure: Measure;
}

/** A cell of the table; `frame` is null where there is no number. */
interface Cell {
  text: string;
  /** How blue its background is, 0 to 1. */
  strength: number;
  frame: number | null;
}

const MEASURES: Record<Measure, { label: string; caption: string; title: string }> = {
  iou: {
    label: "IoU",
    caption: "Intersection over union",
    title: "Pixels that are a person in both masks, as a share of those in either: 1 means equal",
  },
  difference: {
    label: "Difference",
    caption: "Mean absolute difference",
    title: "How far the two probabilities are apart, averaged over all pixels: 0 means equal",
  },
  classes: {
    label: "Classes",
    caption: "Pixels with the same class",
    title:
      "Pixels with the same class in both, as a share of those with a class in either: " +
      "1 means equal",
  },
};

const EMPTY: Cell = { text: "–", strength: 0, frame: null };

/**
 * How blue the background of a value is, 0 to 1: larger values are bluer.
 *
 * Most IoUs are near 1 and most differences near 0, so colors differ most there.
 */
export function strength(measure: Measure, value: number): number {
  return measure === "difference" ? Math.sqrt(value) : value ** 3;
}

/** Whether a measure can be chosen: that of classes where two panels have classes in common. */
export function isOffered({ classes }: Agreement, measure: Measure): boolean {
  return measure !== "classes" || classes.length > 0;
}

/** Of each pair the places of both, what is shown of it, and the frame. */
function values({ pairs, classes }: Agreement, measure: Measure) {
  return pairs.flatMap(([a, b, iou, difference, frame]) => {
    const [, , same] = classes.find(([one, other]) => one === a && other === b) ?? [];
    const value = { iou, difference, classes: same }[measure];
    return value === undefined ? [] : [{ a, b, value, frame }];
  });
}

/** The upper triangle: row `i` has the cells of panel `i` with all later panels. */
export function triangle(agreement: Agreement, measure: Measure): Cell[][] {
  const { names } = agreement;
  const rows = names.slice(0, -1).map((_, row) => names.slice(row + 1).map((): Cell => EMPTY));
  for (const { a, b, value, frame } of values(agreement, measure)) {
    const cells = rows[a];
    if (cells) {
      cells[b - a - 1] = {
        text: value.toFixed(3),
        strength: strength(measure, value),
        frame,
      };
    }
  }
  return rows;
}

/** The message where the table has no numbers; empty where it has some. */
export function sentence(agreement: Agreement, measure: Measure): string {
  const { names, started, pairs } = agreement;
  if (names.length < 2) return "A comparison needs two panels.";
  if (!started) return "Numbers appear here once the source is running.";
  if (pairs.length > 0) {
    return isOffered(agreement, measure) ? "" : "No two panels tell the same classes apart.";
  }
  return 'No common frame yet. Turn on "Same frame".';
}

/** The frame of the numbers; empty where they are not all of one. */
export function frameLabel({ pairs }: Agreement): string {
  const frames = new Set(pairs.map(([, , , , frame]) => frame));
  return frames.size === 1 ? `frame ${[...frames][0]}` : "";
}

function render({ model, el, signal }: RenderProps<Traits>) {
  widgetRoot(el, "bodyseg-agreement", "bodyseg-in-page");
  const chosen = element("fieldset", { class: "bodyseg-measures" });
  chosen.append(element("legend", { class: "bodyseg-spoken" }, "What is compared"));
  // Of this view alone: radio buttons of one name are one choice, in all of the page.
  const group = `bodyseg-measure-${Math.random()}`;
  const radios = (Object.keys(MEASURES) as Measure[]).map((measure) => {
    const { label, title } = MEASURES[measure];
    const radio = element("input", {
      type: "radio",
      name: group,
      value: measure,
    });
    radio.addEventListener("change", () => {
      model.set("measure", measure);
      model.save_changes();
    });
    const choice = element("label", { title }, radio, label);
    chosen.append(choice);
    return { radio, choice, measure };
  });
  const caption = element("caption");
  const frame = element("span");
  const words = element("span");
  caption.append(words, frame);
  const head = element("thead");
  const body = element("tbody");
  const table = element("table", {}, caption, head, body);
  const byClass = new ClassAgreementTable((value) => strength("classes", value));
  // In a narrow cell six panels are scrolled sideways, by keys too.
  const scroll = element(
    "div",
    { class: "bodyseg-agreement-scroll", tabindex: "0", role: "group", "aria-label": "Agreement" },
    table,
    byClass.element,
  );
  const message = element("p");
  el.append(chosen, scroll, message);

  let cells: HTMLTableCellElement[][] = [];
  let built = "";
  const build = (names: string[]) => {
    const columns = names.slice(1);
    head.replaceChildren(
      element(
        "tr",
        {},
        element("td"),
        ...columns.map((name) => element("th", { scope: "col" }, name)),
      ),
    );
    cells = [];
    body.replaceChildren(
      ...names.slice(0, -1).map((name, row) => {
        const filled = columns.slice(row).map(() => element("td"));
        cells.push(filled);
        const before = columns.slice(0, row).map(() => element("td"));
        return element("tr", {}, element("th", { scope: "row" }, name), ...before, ...filled);
      }),
    );
  };
  const update = () => {
    const agreement = model.get("_agreement");
    const measure = model.get("measure");
    for (const each of radios) {
      each.radio.checked = each.measure === measure;
      each.choice.hidden = !isOffered(agreement, each.measure) && each.measure !== measure;
    }
    const names = JSON.stringify(agreement.names);
    if (names !== built) {
      built = names;
      build(agreement.names);
    }
    const noNumber =
      measure === "classes" ? "No class that both tell apart" : "No common frame yet";
    triangle(agreement, measure).forEach((row, i) => {
      row.forEach((value, j) => {
        const cell = cells[i]?.[j];
        if (!cell) return;
        setText(cell, value.text);
        cell.classList.toggle("bodyseg-value", value.frame !== null);
        cell.style.setProperty("--bodyseg-strength", value.strength.toFixed(3));
        cell.title = value.frame === null ? noNumber : `Frame ${value.frame}`;
      });
    });
    byClass.show(measure === "classes" ? agreement : { ...agreement, classes: [] });
    const text = sentence(agreement, measure);
    setText(message, text);
    message.hidden = !text;
    table.hidden = agreement.names.length < 2;
    setText(words, MEASURES[measure].caption);
    setText(frame, frameLabel(agreement));
  };
  reportHidden(model, el, signal);
  model.on("change:_agreement", update);
  model.on("change:measure", update);
  update();
}

export default { render };
