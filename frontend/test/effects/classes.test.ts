import { describe, expect, it } from "vitest";
import { placeOf, summaryOf } from "../../src/effects/class_chooser";
import {
  chosenClasses,
  classesOfGroup,
  isOffered,
  withoutClasses,
} from "../../src/effects/classes";
import type { ClassName, EffectSpec } from "../../src/generated";

const named = (...names: string[]): ClassName[] => names.map((name, value) => ({ name, value }));

const BODY = named("left_face", "right_face", "left_upper_arm_front", "torso_front", "torso_back");
const MULTICLASS = named("background", "hair", "body-skin", "face-skin");

const effect = (needs: EffectSpec["needs"]): EffectSpec => ({
  name: "face_blur",
  label: "Face blur",
  kind: "builtin",
  shader: null,
  parameters: [],
  needs,
  otherwise: "all of the picture is blurred",
});

describe("groups of classes", () => {
  it("are faces by that word, and all of people", () => {
    const names = (classes: ClassName[], group: string) =>
      classesOfGroup(classes, group).map(({ name }) => name);
    expect(names(BODY, "faces")).toEqual(["left_face", "right_face"]);
    expect(names(MULTICLASS, "faces")).toEqual(["face-skin"]);
    expect(names(named("Face", "surface", "faces"), "faces")).toEqual(["Face"]);
    expect(names(MULTICLASS, "all")).toEqual(["hair", "body-skin", "face-skin"]);
  });
});

describe("chosen classes", () => {
  it("are those that the model has", () => {
    expect(chosenClasses(MULTICLASS, ["hair", "left_face"])).toEqual([{ name: "hair", value: 1 }]);
    expect(chosenClasses(MULTICLASS, [])).toEqual([]);
  });

  it("are not known where it has none of them", () => {
    expect(chosenClasses(MULTICLASS, ["left_face"])).toBeNull();
    expect(chosenClasses(named("hair"), "faces")).toBeNull();
    expect(chosenClasses([], "all")).toBeNull();
  });

  it("are summed up in a few words", () => {
    expect(summaryOf(BODY, "faces")).toBe("left face, right face");
    expect(summaryOf(BODY, "all")).toBe("all");
    expect(summaryOf(BODY, [])).toBe("none");
    expect(summaryOf(BODY, ["torso_front", "left_face", "torso_back", "hair"])).toBe("3 of 5");
  });
});

describe("an effect that needs classes", () => {
  it("is offered for models that have them", () => {
    expect(isOffered(effect(null), [])).toBe(true);
    expect(isOffered(effect("all"), [])).toBe(false);
    expect(isOffered(effect("all"), named("hair"))).toBe(true);
    expect(isOffered(effect("faces"), named("hair"))).toBe(false);
    expect(isOffered(effect("faces"), BODY)).toBe(true);
  });

  it("says what is drawn of others, and which model to choose", () => {
    expect(withoutClasses(effect("faces"), [], "Selfie general")).toBe(
      "Selfie general does not find faces: all of the picture is blurred. Choose a model that " +
        "does, such as BodyPix.",
    );
    expect(withoutClasses(effect("all"), [], "Selfie")).toContain(
      "does not tell parts of the body",
    );
    expect(withoutClasses(effect("all"), BODY, "BodyPix")).toContain(
      "BodyPix has none of the chosen parts: all of the picture is blurred. Choose others.",
    );
  });
});

describe("the place of a checkbox", () => {
  it("is in the row of its part, on the person's side or that of its back", () => {
    const upper = { part: "upper arm", column: "left", label: "left back" };
    expect(placeOf("left_upper_arm_back")).toEqual(upper);
    expect(placeOf("right_face")).toEqual({ part: "face", column: "right", label: "right" });
    expect(placeOf("torso_front")).toEqual({ part: "torso", column: "left", label: "front" });
    expect(placeOf("torso_back")).toEqual({ part: "torso", column: "right", label: "back" });
  });

  it("is by itself for other names", () => {
    for (const name of ["hair", "face-skin", "left", "front"])
      expect(placeOf(name)).toEqual({ part: "", column: "whole", label: name });
    expect(placeOf("upper_lip").label).toBe("upper lip");
  });
});
