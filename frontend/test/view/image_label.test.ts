import { describe, expect, it } from "vitest";
import { imageLabel } from "../../src/view/image_label";

describe("imageLabel", () => {
  it.each([
    ["mask", "Image with the mask of Selfie general"],
    ["heatmap", "Image with the heatmap of Selfie general"],
    ["cut-out", "Image cut out with the mask of Selfie general"],
    ["contour", "Image with the contour of Selfie general"],
    ["parts", "Image with each class in a color of its own, by Selfie general"],
    ["people", "Image with each person in a color of their own, by Selfie general"],
    ["picture", "Image without the mask of Selfie general"],
  ] as const)("describes view %s", (view, label) => {
    expect(imageLabel(view, "Selfie general", null, true)).toBe(label);
  });

  it("names the class whose heatmap it is", () => {
    const label = imageLabel("heatmap", "BodyPix", null, true, "left_hand");
    expect(label).toBe("Image with the heatmap of left hand by BodyPix");
  });

  it("says how many people there are and that a skeleton is drawn", () => {
    const label = (people: number, skeletons = true) =>
      imageLabel("picture", "BlazePose full", people, skeletons).replace(/^.*full, /, "");
    expect(label(0)).toBe("no one found");
    expect(label(1)).toBe("1 person with a skeleton");
    expect(label(3)).toBe("3 people, each with a skeleton");
    expect(label(3, false)).toBe("3 people");
  });
});
