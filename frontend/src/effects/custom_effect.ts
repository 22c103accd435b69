/** Effects of a person's own, as Python tells of them: which there are, and their parameters. */
import type { AnyModel } from "@anywidget/types";

export type Value = number | boolean | string;

interface Named {
  name: string;
}

export type ParameterSpec = Named &
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
      }
    | { kind: "switch"; default: boolean }
    | { kind: "choice"; default: Value; options: Value[] }
    | { kind: "color"; default: string }
    /** Whether there is a picture to begin with. */
    | { kind: "picture"; default: boolean }
  );

export interface OwnEffect {
  name: string;
  /** Of a shader; null for a Python effect. */
  shader: { declarations: string; source: string } | null;
  parameters: ParameterSpec[];
}

/** What a view has of them. */
export interface OwnTraits {
  effect: string;
  _own_effects: OwnEffect[];
  _effect_values: Record<string, Record<string, Value>>;
  /** JPEG files; null where one was taken away. */
  _effect_pictures: Record<string, Record<string, DataView | null>>;
}

/** The chosen effect, where it is a person's own. */
export function ownEffect(model: AnyModel<OwnTraits>): OwnEffect | null {
  const name = model.get("effect");
  return model.get("_own_effects").find((each) => each.name === name) ?? null;
}

export function parameterValue(
  model: AnyModel<OwnTraits>,
  effect: string,
  spec: ParameterSpec,
): Value {
  return model.get("_effect_values")[effect]?.[spec.name] ?? spec.default;
}

export function setValue(
  model: AnyModel<OwnTraits>,
  effect: string,
  name: string,
  value: Value,
): void {
  const all = model.get("_effect_values");
  model.set("_effect_values", { ...all, [effect]: { ...all[effect], [name]: value } });
}

export function hasPicture(model: AnyModel<OwnTraits>, effect: string, spec: ParameterSpec) {
  const picture = model.get("_effect_pictures")[effect]?.[spec.name];
  return picture === undefined ? spec.default === true : picture !== null;
}

export function setPicture(
  model: AnyModel<OwnTraits>,
  effect: string,
  name: string,
  picture: ArrayBuffer | null,
): void {
  const all = model.get("_effect_pictures");
  const its = { ...all[effect], [name]: picture && new DataView(picture) };
  model.set("_effect_pictures", { ...all, [effect]: its });
}
