/** The effects of a view, as declared in Python, and their parameters' values. */
import type { AnyModel } from "@anywidget/types";
import { classColors } from "../drawing/class_colors";
import type { Color } from "../drawing/color";
import type { ShownClass } from "../drawing/effect";
import type {
  BackgroundFile,
  ClassName,
  EffectSpec,
  Palette,
  ParameterSpec,
  ParameterValue,
} from "../generated";
import { meaningOf } from "../source/mask";
import builtinEffects from "./builtin_effects.json";
import { type ChosenClasses, chosenClasses } from "./classes";
import type { ShownEffect } from "./effect_messages";

/** The traits of a view's effects, besides one per parameter of built-in effects. */
export interface EffectTraits {
  effect: string;
  /** Those that Python code has added. */
  _custom_effects: EffectSpec[];
  /** Values of custom effects' parameters. */
  _effect_values: Record<string, Record<string, ParameterValue>>;
  /** JPEG files; null if removed. */
  _effect_images: Record<string, Record<string, DataView | null>>;
}

/** A value of a parameter; files are backgrounds. */
export type Setting = ParameterValue | BackgroundFile;

/** Of a class that has no color of its own. */
const BLACK: Color = [0, 0, 0];

/** The effects of every view. */
export const BUILTIN_EFFECTS = builtinEffects as EffectSpec[];

/** All effects that a view offers. */
export function effectsOf(model: AnyModel<EffectTraits>): EffectSpec[] {
  return [...BUILTIN_EFFECTS, ...model.get("_custom_effects")];
}

/** The chosen effect; null if its name is unknown here. */
export function chosenEffect(model: AnyModel<EffectTraits>): EffectSpec | null {
  const name = model.get("effect");
  return effectsOf(model).find((each) => each.name === name) ?? null;
}

/** The parameters that are traits of every view, each once: those of built-in effects. */
export const TRAIT_PARAMETERS: ParameterSpec[] = [
  ...new Map(
    BUILTIN_EFFECTS.flatMap(({ parameters }) => parameters).map((spec) => [spec.name, spec]),
  ).values(),
];

export function settingOf(
  model: AnyModel<EffectTraits>,
  effect: string,
  spec: ParameterSpec,
): Setting {
  if (spec.trait) return declared(model).get(spec.name);
  return model.get("_effect_values")[effect]?.[spec.name] ?? spec.default;
}

export function setSetting(
  model: AnyModel<EffectTraits>,
  effect: string,
  spec: ParameterSpec,
  value: Setting,
): void {
  if (spec.trait) {
    declared(model).set(spec.name, value);
    return;
  }
  const all = model.get("_effect_values");
  const values = { ...all[effect], [spec.name]: value as ParameterValue };
  model.set("_effect_values", { ...all, [effect]: values });
}

/**
 * An effect with the values of its parameters, as the worker needs it.
 *
 * @param classes those that the stream's model tells apart
 */
export function shownEffect(
  model: AnyModel<EffectTraits & { palette: Palette }>,
  effect: EffectSpec,
  classes: readonly ClassName[],
): ShownEffect {
  const { name, kind, shader, parameters } = effect;
  const values = parameters
    .filter((spec) => spec.kind !== "background")
    .map((spec) => ({ spec, value: settingOf(model, name, spec) as ParameterValue }));
  const found = classesOf(model, effect, classes);
  const shown = found && colored(found, classes, model.get("palette"));
  const meaning = meaningOf(classes);
  return { name, kind, shader, parameters: values, classes: shown, meaning };
}

/** Some of a model's classes with their colors. */
function colored(
  some: readonly ClassName[],
  all: readonly ClassName[],
  palette: Palette,
): ShownClass[] {
  if (some.length === 0) return [];
  const colors = classColors(all, palette);
  return some.map(({ value }) => ({ value, color: colors.get(value) ?? BLACK }));
}

/** The classes that an effect is for; null if the model has none of them. */
export function classesOf(
  model: AnyModel<EffectTraits>,
  effect: EffectSpec,
  classes: readonly ClassName[],
): ClassName[] | null {
  if (effect.needs === null) return [];
  const spec = effect.parameters.find(({ kind }) => kind === "classes");
  const chosen = spec ? (settingOf(model, effect.name, spec) as ChosenClasses) : effect.needs;
  return chosenClasses(classes, chosen);
}

/** Whether an effect draws the view's background. */
export function usesBackground({ kind, parameters }: EffectSpec): boolean {
  return kind === "shader" || parameters.some((spec) => spec.kind === "background");
}

/** Whether a parameter's control is shown with the values of other parameters. */
export function isShown(
  model: AnyModel<EffectTraits>,
  { name, parameters }: EffectSpec,
  { shown_if }: ParameterSpec,
): boolean {
  return Object.entries(shown_if ?? {}).every(([other, value]) => {
    const spec = parameters.find((each) => each.name === other);
    return spec !== undefined && settingOf(model, name, spec) === value;
  });
}

export function hasImage(model: AnyModel<EffectTraits>, effect: string, spec: ParameterSpec) {
  const image = model.get("_effect_images")[effect]?.[spec.name];
  return image === undefined ? spec.default === true : image !== null;
}

export function setImage(
  model: AnyModel<EffectTraits>,
  effect: string,
  name: string,
  image: ArrayBuffer | null,
): void {
  const all = model.get("_effect_images");
  const images = { ...all[effect], [name]: image && new DataView(image) };
  model.set("_effect_images", { ...all, [effect]: images });
}

/** The traits of declared parameters. */
function declared(model: AnyModel<EffectTraits>): AnyModel<Record<string, Setting>> {
  return model as unknown as AnyModel<Record<string, Setting>>;
}
