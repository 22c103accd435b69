/** After each test, in node and in Chromium: files share a worker, and must not share a stopped clock. */
import { afterEach, vi } from "vitest";

afterEach(() => {
  vi.useRealTimers();
});
