import { describe, expect, it } from "vitest";
import type { WeightsOffer } from "../../src/generated";
import type { SourceState } from "../../src/source/source_state";
import { messageFor, privacy } from "../../src/view/message";

const state = (kind: SourceState["kind"], message = "", offerSample = false): SourceState =>
  kind === "failed" ? { kind, message, offerSample } : { kind, message, share: null };
const ready = {
  label: "Selfie general (tensorflow)",
  state: "ready",
  message: "",
  weights: null,
  isInPage: false,
} as const;

const camera = {
  kind: "camera",
  hasControl: true,
  pictures: "sent",
  controls: { condition: "ready", python: true },
} as const;

describe("messageFor", () => {
  it("offers no start where no one could stop it", () => {
    const alone = { ...camera, hasControl: false };
    const said = messageFor(state("idle"), alone, ready, false, "", false);
    expect(said?.text).toContain("Display the Webcam too");
    expect(said?.actions).toEqual([]);
  });

  it("says before the start of every camera whose it is, and that a screen will be asked for", () => {
    const promise = (kind: "camera" | "screen" | "kernel camera") =>
      messageFor(state("idle"), { ...camera, kind }, ready, false, "localhost", false)?.text;
    expect(promise("camera")).toBe(
      "The camera starts when you press Start. Video stays on this computer, unless a tunnel leads to another.",
    );
    expect(promise("screen")).toContain("the browser asks what to share");
    expect(promise("kernel camera")).toContain("the computer that runs this notebook");
  });

  it("says before the start what will happen, and offers it", () => {
    const said = messageFor(state("idle"), camera, ready, false, "localhost", false);
    expect(said?.text).toContain("The camera starts when you press Start.");
    expect(said?.text).toContain("stays on this computer");
    expect(said?.actions).toEqual(["start"]);
  });

  it("says of a source that another window runs where it runs, and offers to move it", () => {
    const said = messageFor(
      state("idle"),
      { ...camera, controls: { condition: "elsewhere", python: true } },
      ready,
      false,
      "",
      false,
    );
    expect(said?.text).toBe(
      "It runs in another window. Press \u201cStart here\u201d to stop it there and run it in this one.",
    );
    expect(said?.actions).toEqual(["start"]);
  });

  it("offers no start without a connection", () => {
    const away = { ...camera, controls: { condition: "unreachable", python: true } } as const;
    expect(messageFor(state("idle"), away, ready, false, "", false)).toMatchObject({
      text: "There is no connection to the Jupyter server. It can start when that is back.",
      actions: [],
    });
  });

  it("offers the sample where there is no camera", () => {
    const said = messageFor(state("failed", "No camera.", true), camera, ready, true, "", false);
    expect(said).toMatchObject({ text: "No camera.", actions: ["start", "sample"], strip: false });
  });

  it("promises that pictures stay in the browser where nobody in Python gets them", () => {
    const said = messageFor(
      state("idle"),
      { ...camera, pictures: "stay" },
      ready,
      false,
      "hub.example.org",
      false,
    );
    expect(said?.text).toBe(
      "The camera starts when you press Start. Pictures stay in this browser. Should that change, " +
        "it is said here.",
    );
  });

  it("says over what ran in Python that its kernel has ended, while models in the page go on", () => {
    const alone = { ...camera, controls: { condition: "live", python: false } } as const;
    const inPage = { ...ready, isInPage: true };
    expect(messageFor(state("live"), alone, ready, true, "", false)?.text).toContain(
      "The kernel was restarted or shut down",
    );
    expect(messageFor(state("live"), alone, inPage, true, "", false)).toBeNull();
  });

  it("says nothing while all is well", () => {
    expect(messageFor(state("live"), camera, ready, true, "", false)).toBeNull();
  });

  it("shows a model on its way, over the last image if there is one", () => {
    const loading = { ...ready, state: "loading" } as const;
    expect(messageFor(state("live"), camera, loading, true, "", false)).toMatchObject({
      text: "Loading Selfie general (tensorflow).",
      busy: true,
      strip: true,
    });
  });

  it("says over the image that no one was found, and what would help", () => {
    const said = messageFor(state("live"), camera, ready, true, "", true);
    expect(said).toMatchObject({ strip: true, busy: false, actions: [] });
    expect(said?.text).toMatch(/^No one found: .*whole person.*4\u00a0m of the camera\.$/);
  });

  it("keeps the image visible while Python is busy", () => {
    expect(messageFor(state("waiting", "Busy."), camera, ready, true, "", false)?.strip).toBe(true);
  });

  describe("of weights that are missing", () => {
    const offer = { url: "https://example.org/m.json", size: 2_700_000, done: null, problem: "" };
    const failed = { ...ready, label: "BodyPix", state: "failed", message: "Weights." } as const;
    const said = (weights: Partial<WeightsOffer>) =>
      messageFor(
        state("live"),
        camera,
        { ...failed, weights: { ...offer, ...weights } },
        false,
        "",
        false,
      );

    it("says what would be downloaded, how large it is, and from where, and offers it", () => {
      expect(said({})).toEqual({
        text: "BodyPix needs weights that are not part of this package: 2.7 MB.",
        detail: "https://example.org/m.json",
        busy: false,
        share: null,
        actions: ["download"],
        strip: false,
      });
    });

    it("shows how much of them is there, and offers to cancel", () => {
      expect(said({ done: 675_000 })).toMatchObject({
        text: "Downloading the weights of BodyPix, 2.7 MB.",
        busy: true,
        share: 0.25,
        actions: ["cancel"],
      });
    });

    it("says why a download failed, and offers it again", () => {
      expect(said({ problem: "Is this computer offline?" })).toMatchObject({
        text: "BodyPix needs weights that are not part of this package: 2.7 MB.",
        detail: "Is this computer offline?",
        busy: false,
        actions: ["download"],
      });
    });
  });

  it("names a lost kernel first", () => {
    const failed = { ...ready, state: "failed", message: "Model" } as const;
    expect(messageFor(state("lost", "Kernel gone."), camera, failed, true, "", false)?.text).toBe(
      "Kernel gone.",
    );
  });
});

describe("privacy", () => {
  it("does not promise what is not so with a kernel elsewhere", () => {
    expect(privacy("localhost")).toBe(
      "Video stays on this computer, unless a tunnel leads to another.",
    );
    expect(privacy("hub.example.org")).toContain("hub.example.org");
  });
});
