import { expect, it } from "vitest";
import { page as browser, userEvent } from "vitest/browser";
import { element } from "../../src/kit/dom";
import bigScreenButton from "../../src/widgets/big_screen_button";
import { FakePage } from "../fakes";

it("shows its explorer on the whole screen until it is pressed again, or Escape", async () => {
  const page = new FakePage();
  page.add("button", {}, bigScreenButton);
  const { el } = await page.display("button");
  const explorer = element("div", { class: "bodyseg-explorer" });
  el.before(explorer);
  explorer.append(el);
  const toggle = browser.getByRole("button");
  const said = () => [toggle.element().textContent, toggle.element().ariaPressed];
  for (const leave of ["{Enter}", "{Escape}"]) {
    expect(said()).toEqual(["Big screen", "false"]);
    (toggle.element() as HTMLElement).focus();
    await userEvent.keyboard("{Enter}");
    await expect.poll(said).toEqual(["Leave big screen", "true"]);
    expect(document.fullscreenElement).toBe(explorer);
    await userEvent.keyboard(leave);
    await expect.poll(said).toEqual(["Big screen", "false"]);
    expect(document.fullscreenElement).toBeNull();
    // For whoever goes on with the keyboard.
    expect(document.activeElement).toBe(toggle.element());
  }
  explorer.remove();
});
