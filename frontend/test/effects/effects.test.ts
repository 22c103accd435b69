import type { AnyModel } from "@anywidget/types";
import { describe, expect, it } from "vitest";
import {
  chosenEffect,
  classesOf,
  type EffectTraits,
  isShown,
  setSetting,
  settingOf,
  shownEffect,
  TRAIT_PARAMETERS,
} from "../../src/effects/effects";
import type { EffectSpec, Palette, ParameterSpec } from "../../src/generated";

const common = { label: "", help: "", shown_if: null };
const soft: ParameterSpec = {
  ...common,
  name: "soft",
  kind: "switch",
  default: false,
  trait: true,
};
const edge: ParameterSpec = {
  ...common,
  name: "edge_blur_amount",
  kind: "number",
  default: 3,
  whole: false,
  low: 0,
  high: 20,
  step: 0.5,
  unit: "pixels",
  trait: true,
  shown_if: { soft: false },
};
const tint: ParameterSpec = {
  ...common,
  name: "tint",
  kind: "color",
  default: "#102030",
  suggested: null,
  trait: false,
};
const bokeh: EffectSpec = {
  name: "bokeh",
  label: "Bokeh",
  kind: "builtin",
  shader: null,
  parameters: [edge, soft],
  needs: null,
  otherwise: "",
};
const tinted: EffectSpec = {
  name: "tinted",
  label: "tinted",
  kind: "shader",
  shader: { declarations: "", source: "" },
  parameters: [tint, soft],
  needs: null,
  otherwise: "",
};

function view(effect = "bokeh"): AnyModel<EffectTraits & { palette: Palette }> {
  const traits: Record<string, unknown> = {
    effect,
    _custom_effects: [tinted],
    _effect_values: {},
    soft: true,
    edge_blur_amount: 4,
    palette: "rainbow",
  };
  return {
    get: (name: string) => traits[name],
    set: (name: string, value: unknown) => {
      traits[name] = value;
    },
  } as unknown as AnyModel<EffectTraits & { palette: Palette }>;
}

describe("the effects of a view", () => {
  it("are found by name, and none where there is none", () => {
    expect(chosenEffect(view("tinted"))).toBe(tinted);
    expect(chosenEffect(view("gone"))).toBeNull();
  });

  it("have values in traits of the view, or in one of all custom effects", () => {
    const model = view();
    expect(settingOf(model, "bokeh", edge)).toBe(4);
    expect(settingOf(model, "tinted", tint)).toBe("#102030");
    setSetting(model, "bokeh", edge, 7);
    setSetting(model, "tinted", tint, "#ffffff");
    expect(settingOf(model, "bokeh", edge)).toBe(7);
    expect(model.get("_effect_values")).toEqual({ tinted: { tint: "#ffffff" } });
  });

  it("say which traits they have, each once", () => {
    const names = TRAIT_PARAMETERS.map(({ name }) => name);
    expect(names).toContain("edge_blur_amount");
    expect(new Set(names).size).toBe(names.length);
  });

  it("show a control while others have the values that it needs", () => {
    const model = view();
    expect(isShown(model, bokeh, edge)).toBe(false);
    setSetting(model, "bokeh", soft, false);
    expect(isShown(model, bokeh, edge)).toBe(true);
    expect(isShown(model, bokeh, soft)).toBe(true);
  });

  it("are sent with the values of their parameters", () => {
    const { parameters, ...rest } = shownEffect(view(), tinted, []);
    expect(rest).toEqual({
      name: "tinted",
      kind: "shader",
      shader: tinted.shader,
      classes: [],
      meaning: 0,
    });
    expect(parameters).toEqual([
      { spec: tint, value: "#102030" },
      { spec: soft, value: true },
    ]);
  });

  it("are sent with the classes that they are for, and their colors", () => {
    const faces: EffectSpec = { ...bokeh, needs: "faces" };
    const body = ["left_face", "right_hand", "right_face"].map((name, value) => ({ name, value }));
    const { classes } = shownEffect(view(), faces, body);
    expect(classes).toEqual([
      { value: 0, color: [110, 64, 170] },
      { value: 2, color: [40, 234, 141] },
    ]);
    expect(shownEffect(view(), faces, body.slice(1, 2)).classes).toBeNull();
  });

  it("are for the chosen classes where there is a choice", () => {
    const parts: ParameterSpec = {
      ...common,
      name: "parts",
      kind: "classes",
      default: "all",
      trait: false,
    };
    const some: EffectSpec = { ...bokeh, parameters: [parts], needs: "all" };
    const hair = { name: "hair", value: 4 };
    const model = view();
    expect(classesOf(model, some, [hair])).toEqual([hair]);
    setSetting(model, "bokeh", parts, ["left_face"]);
    expect(classesOf(model, some, [hair])).toBeNull();
    setSetting(model, "bokeh", parts, []);
    expect(classesOf(model, some, [hair])).toEqual([]);
    expect(classesOf(model, bokeh, [hair])).toEqual([]);
  });
});
