/** Which of a model's classes an effect is for: the rules of rendering/classes.py. */
import { BACKGROUND, type ClassName, type EffectSpec } from "../generated";

/** A choice of classes: `faces`, `all`, or labels of this model and of others. */
export type ChosenClasses = string | readonly string[];

const FACE = "face";

/** The classes of a group, in their order. */
export function classesOfGroup(classes: readonly ClassName[], group: string): ClassName[] {
  return classes.filter(({ name }) =>
    group === "faces"
      ? name
          .toLowerCase()
          .split(/[^a-z]+/)
          .includes(FACE)
      : name.trim().toLowerCase() !== BACKGROUND,
  );
}

/** The chosen classes that the model has; null if something is chosen and it has none of that. */
export function chosenClasses(
  classes: readonly ClassName[],
  chosen: ChosenClasses,
): ClassName[] | null {
  const isGroup = typeof chosen === "string";
  const found = isGroup
    ? classesOfGroup(classes, chosen)
    : classesOfGroup(classes, "all").filter(({ name }) => chosen.includes(name));
  return found.length > 0 || (!isGroup && chosen.length === 0) ? found : null;
}

/** Whether a model has the classes that an effect needs. */
export function isOffered({ needs }: EffectSpec, classes: readonly ClassName[]): boolean {
  return needs === null || classesOfGroup(classes, needs).length > 0;
}

/**
 * The sentences if a model does not have the classes that an effect is for.
 *
 * @param label the model's
 */
export function withoutClasses(
  effect: EffectSpec,
  classes: readonly ClassName[],
  label: string,
): string {
  const isOther = isOffered(effect, classes);
  const no = effect.needs === "faces" ? "find faces" : "tell parts of the body apart";
  const why = isOther ? "has none of the chosen parts" : `does not ${no}`;
  const fix = isOther ? "Choose others." : "Choose a model that does, such as BodyPix.";
  return `${label} ${why}: ${effect.otherwise}. ${fix}`;
}
