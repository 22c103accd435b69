/** Where the widgets of a page wait for the program that has them all. */
import type { MakeWidget } from "./front_end";

/** What a carrier brings, and how the carrier gives it. */
type Arrival = [made: Promise<MakeWidget>, give: (made: Promise<MakeWidget>) => void];

declare global {
  /** By the carrier's id. On the page, because the modules of widgets share nothing else. */
  var bodyseg1: Record<string, Arrival> | undefined;
}

/** The same for whoever asks first, the carrier or a widget. */
export function arrival(carrier: string): Arrival {
  globalThis.bodyseg1 ??= {};
  const all = globalThis.bodyseg1;
  let give: Arrival[1];
  all[carrier] ??= [
    new Promise((resolve) => {
      give = resolve;
    }),
    (made) => give(made),
  ];
  return all[carrier];
}
