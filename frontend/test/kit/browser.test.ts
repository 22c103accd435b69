import { expect, it, vi } from "vitest";
import { requireLiveVideo } from "../../src/kit/browser";

it("says which browsers can show live video", () => {
  vi.stubGlobal("OffscreenCanvas", class {});
  class WithCallback {
    requestVideoFrameCallback() {}
  }
  vi.stubGlobal("HTMLVideoElement", WithCallback);
  expect(requireLiveVideo).toThrow(
    "This browser is too old for live video: it has no VideoFrame. Use Chrome or Edge 116, " +
      "Firefox 132, Safari 17.4, or later.",
  );
  vi.stubGlobal("VideoFrame", class {});
  expect(requireLiveVideo).not.toThrow();
  vi.stubGlobal("HTMLVideoElement", class {});
  expect(requireLiveVideo).toThrow("it has no HTMLVideoElement.requestVideoFrameCallback.");
});
