import { expect, it, vi } from "vitest";
import { requireLiveVideo } from "../../src/kit/browser";

it("says which browsers can show live video", () => {
  vi.stubGlobal("OffscreenCanvas", class {});
  expect(requireLiveVideo).toThrow(
    "This browser is too old for live video: it has no VideoFrame. Use Chrome or Edge 116, " +
      "Firefox 132, Safari 17.4, or later.",
  );
  vi.stubGlobal("VideoFrame", class {});
  expect(requireLiveVideo).not.toThrow();
});
