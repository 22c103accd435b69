import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";
import flags from "../tests/browser/chromium_flags.json" with { type: "json" };
import { viteWorkerPrograms } from "./worker_program.mjs";

/** Press the mouse at one place of the test's frame and release it at another, CSS pixels. */
async function drag({ page, iframe }, from, to) {
  const { x, y } = await iframe.owner().boundingBox();
  await page.mouse.move(x + from.x, y + from.y);
  await page.mouse.down();
  await page.mouse.move(x + to.x, y + to.y, { steps: 4 });
  await page.mouse.up();
}

/** Color the page as Windows' high contrast does, or no longer. */
async function forceColors({ page }, active) {
  await page.emulateMedia({ forcedColors: active ? "active" : "none" });
}

/** The tests whose files say that they need this kind of browser. */
function inChromium(name, args) {
  return {
    extends: true,
    test: {
      name,
      include: [`test/**/*.${name}.test.ts`],
      setupFiles: ["test/setup.ts", "src/styles/bodyseg.css"],
      // One after the other: only one of several frames has the focus.
      fileParallelism: false,
      // What is waited for comes soon, but not on a busy machine.
      expect: { poll: { timeout: 10_000 } },
      testTimeout: 60_000,
      browser: {
        enabled: true,
        headless: true,
        screenshotFailures: false,
        viewport: { width: 1200, height: 1100 },
        commands: { drag, forceColors },
        provider: playwright({
          launchOptions: {
            // Where none is named, Playwright's own.
            executablePath: process.env.BODYSEG_CHROMIUM,
            args: [...flags.always, ...args],
          },
        }),
        instances: [{ browser: "chromium" }],
      },
    },
  };
}

export default defineConfig({
  plugins: [viteWorkerPrograms()],
  // What the kernel sends to pages is built into the package.
  server: { fs: { allow: [".."] } },
  test: {
    restoreMocks: true,
    unstubGlobals: true,
    projects: [
      {
        extends: true,
        test: {
          name: "node",
          setupFiles: ["test/setup.ts"],
          include: ["test/**/*.test.ts"],
          exclude: ["test/**/*.{browser,webgpu}.test.ts"],
          // Modules hold no state of their own, so that one worker may run all files.
          isolate: false,
        },
      },
      inChromium("browser", flags.fakeCamera),
      // Another browser, so that all other tests run without a graphics card.
      inChromium("webgpu", flags.softwareWebGpu),
    ],
  },
});
