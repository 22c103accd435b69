/** Parameters of effects, as Python declares them, and their values. */
import { type Color, parseColor } from "./color";

export type Value = number | boolean | string;

interface Common {
  name: string;
  label: string;
  /** What it does, in a few words; may be empty. */
  help: string;
  /** Whether its value is the view's trait of this name; else it is in `_effect_values`. */
  trait: boolean;
  /** The values of other parameters with which its control is shown; null for any. */
  shown_if: Record<string, Value> | null;
}

export type ParameterSpec = Common &
  (
    | {
        kind: "number";
        default: number;
        whole: boolean;
        /** The ends of its slider; null where it has none. */
        low: number | null;
        high: number | null;
        /** What an arrow key moves it by; null for any. */
        step: number | null;
        unit: "" | "pixels";
      }
    | { kind: "switch"; default: boolean }
    | { kind: "choice"; default: Value; options: Value[] }
    /** `suggested` is null for a color that is always there; else it may be "transparent". */
    | { kind: "color"; default: string; suggested: string | null }
    /** Whether there is an image to begin with. */
    | { kind: "image"; default: boolean }
    /** A color, or the file of an image or a video. */
    | { kind: "background"; default: string }
  );

/** The values of one effect's parameters, read by painters. */
export class Parameters {
  constructor(private readonly values: Readonly<Record<string, unknown>>) {}

  number(name: string): number {
    const value = this.values[name];
    return typeof value === "number" ? value : this.refuse(name, "number");
  }

  switch(name: string): boolean {
    const value = this.values[name];
    return typeof value === "boolean" ? value : this.refuse(name, "switch");
  }

  color(name: string): Color {
    const value = this.values[name];
    return typeof value === "string" ? parseColor(value) : this.refuse(name, "color");
  }

  /** A color; null where it is transparent. */
  cover(name: string): Color | null {
    return this.values[name] === "transparent" ? null : this.color(name);
  }

  private refuse(name: string, kind: string): never {
    throw new Error(
      `The effect has no ${kind} "${name}"; its parameters are ${Object.keys(this.values).join(", ")}.`,
    );
  }
}
