/** The values of effects' parameters. */
import { type Color, parseColor } from "./color";

/** The parameter values of an effect, for painters. */
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

  /** A color; null for transparent. */
  cover(name: string): Color | null {
    return this.values[name] === "transparent" ? null : this.color(name);
  }

  private refuse(name: string, kind: string): never {
    throw new Error(
      `The effect has no ${kind} "${name}"; its parameters are ${Object.keys(this.values).join(", ")}.`,
    );
  }
}
