import { expect, test } from "vitest";
import type { PageSource } from "../../src/generated";
import { type Offer, sourceChoices } from "../../src/source/choices";

const ALL: PageSource[] = ["camera", "screen", "upload", "sample", "path", "url", "kernel camera"];

const OFFER: Offer = {
  source: "camera",
  devices: [{ id: "a", label: "Front" }],
  device: "",
  path: "",
  images: "",
  hasStream: false,
  mayOpen: ALL,
};

const labels = (offer: Partial<Offer>) =>
  sourceChoices({ ...OFFER, ...offer })
    .map(({ label }) => label)
    .filter((label) => !label.startsWith("Sample: "));

test("cameras, screens, samples and files are offered, and what opens a dialog comes last", () => {
  expect(labels({})).toEqual([
    "Camera: default",
    "Camera: Front",
    "Screen or window",
    "Camera on the kernel's computer",
    "Sample image",
    "Path or URL…",
    "File on this computer…",
  ]);
});

test("what Python gave is offered by its name, and a camera that is not connected is told", () => {
  const offered = labels({
    path: "/films/clip.mp4",
    images: "Noise",
    hasStream: true,
    device: "b",
  });
  expect(offered).toContain("File: clip.mp4");
  expect(offered).toContain("Noise");
  expect(offered).toContain("ipywebrtc stream");
  expect(offered).toContain("Camera: not connected");
});

test("visitors are offered nothing of the kernel's computer", () => {
  expect(labels({ mayOpen: ["camera", "screen", "upload", "sample"] })).toEqual([
    "Camera: default",
    "Camera: Front",
    "Screen or window",
    "Sample image",
    "File on this computer…",
  ]);
});

test("what is shown now is offered, whatever may be chosen", () => {
  expect(labels({ mayOpen: [], source: "kernel camera" })).toEqual([
    "Camera on the kernel's computer",
  ]);
});
