import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // Modules hold no state of their own, so that one worker may run all files.
    isolate: false,
    restoreMocks: true,
    unstubGlobals: true,
  },
});
