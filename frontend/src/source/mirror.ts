/** Whether an image is mirrored: as its user says, or as suits the source. */
import type { AnyModel } from "@anywidget/types";
import type { Source } from "./source";

/** "auto": cameras of the page are mirrored, and nothing else. */
export type MirrorChoice = boolean | "auto";

interface Traits {
  mirror: MirrorChoice;
}

/** Whether a choice mirrors the images of a source now. */
export function isMirrored(choice: MirrorChoice, source: Pick<Source, "isMirror">): boolean {
  return choice === "auto" ? source.isMirror() : choice;
}

/** What a press on the button means: the other way for every source, or back to "auto". */
export function pressed(choice: MirrorChoice, source: Pick<Source, "isMirror">): MirrorChoice {
  const wanted = !isMirrored(choice, source);
  return wanted === source.isMirror() ? "auto" : wanted;
}

/** Whether a widget's image is mirrored now. */
export class Mirror {
  isOn: boolean;

  /** @param changed called when it is mirrored, or no longer */
  constructor(
    model: AnyModel<Traits>,
    source: Source,
    signal: AbortSignal,
    private readonly changed: () => void,
  ) {
    const now = () => isMirrored(model.get("mirror"), source);
    this.isOn = now();
    const update = () => {
      if (this.isOn === now()) return;
      this.isOn = now();
      this.changed();
    };
    model.on("change:mirror", update);
    source.onState(update, signal);
  }
}
