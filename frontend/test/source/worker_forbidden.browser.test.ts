/** A page whose Content Security Policy forbids workers; it does for all tests of this file. */
import { expect, test } from "vitest";
import { drawnNumber, hold } from "../drawn";
import { FakeKernel } from "../fake_kernel";

test("the page does what the worker would", async () => {
  const policy = document.createElement("meta");
  policy.httpEquiv = "Content-Security-Policy";
  policy.content = "worker-src 'none'";
  document.head.append(policy);
  const forbidden: string[] = [];
  document.addEventListener("securitypolicyviolation", ({ effectiveDirective }) =>
    forbidden.push(effectiveDirective),
  );
  const kernel = new FakeKernel({ source: "sample" });
  kernel.addStream("stream");
  kernel.addView("view", "stream");
  await kernel.page.display("webcam");
  const { el } = await kernel.page.display("view");
  hold(el);
  kernel.webcam.receive({ running: true });
  await expect.poll(() => drawnNumber(el)).toBeGreaterThan(5);
  expect(forbidden).toContain("worker-src");
});
