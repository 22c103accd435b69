/** A table with the agreement of each two panels on each class, such as each body part. */
import type { Agreement } from "../generated";
import { element, setText } from "../kit/dom";

/** Of a class, the intersection over union of each pair; null where neither shows the class. */
export interface ClassRow {
  label: string;
  values: (number | null)[];
}

/** The pairs that tell the same classes apart, and the classes that any of them shows. */
export function classRows({ names, classes }: Agreement): { pairs: string[]; rows: ClassRow[] } {
  const labels = new Set(classes.flatMap(([, , , iou]) => Object.keys(iou)));
  return {
    pairs: classes.map(([a, b]) => `${names[a]} – ${names[b]}`),
    rows: [...labels].map((label) => ({
      label: label.replaceAll("_", " "),
      values: classes.map(([, , , iou]) => iou[label] ?? null),
    })),
  };
}

/** The table; empty while no pair shows a class. */
export class ClassAgreementTable {
  readonly element = element("table", { class: "bodyseg-class-agreement" });
  private readonly head = element("thead");
  private readonly body = element("tbody");
  private built = "";
  private cells: HTMLTableCellElement[][] = [];

  constructor(private readonly strength: (value: number) => number) {
    this.element.append(
      element("caption", {}, "Intersection over union of each class"),
      this.head,
      this.body,
    );
  }

  show(agreement: Agreement): void {
    const { pairs, rows } = classRows(agreement);
    this.element.hidden = rows.length === 0;
    // Rows come and go with what is seen; their cells stay otherwise, for who reads or hears them.
    const shape = JSON.stringify([pairs, rows.map(({ label }) => label)]);
    if (shape !== this.built) {
      this.built = shape;
      this.build(pairs, rows);
    }
    rows.forEach(({ values }, row) => {
      values.forEach((value, column) => {
        const cell = this.cells[row]?.[column];
        if (!cell) return;
        setText(cell, value === null ? "–" : value.toFixed(3));
        cell.title = value === null ? "Neither shows it" : "";
        cell.classList.toggle("bodyseg-value", value !== null);
        cell.style.setProperty("--bodyseg-strength", this.strength(value ?? 0).toFixed(3));
      });
    });
  }

  private build(pairs: string[], rows: ClassRow[]): void {
    const heads = pairs.map((pair) => element("th", { scope: "col" }, pair));
    this.head.replaceChildren(element("tr", {}, element("td"), ...heads));
    this.cells = rows.map(() => pairs.map(() => element("td")));
    this.body.replaceChildren(
      ...rows.map(({ label }, row) =>
        element("tr", {}, element("th", { scope: "row" }, label), ...(this.cells[row] ?? [])),
      ),
    );
  }
}
