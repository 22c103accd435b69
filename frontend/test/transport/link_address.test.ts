import type { AnyModel } from "@anywidget/types";
import { describe, expect, it } from "vitest";
import { linkAddress } from "../../src/transport/link_address";

const SETTINGS = {
  baseUrl: "http://lab.example/user/an%20n/",
  wsUrl: "ws://lab.example/user/an%20n/",
  token: "a&b",
  appendToken: true,
};

function channel(kernel: unknown, key = "0f".repeat(16)): AnyModel {
  const traits: Record<string, string> = { _link_key: key, _no_link: key ? "" : "it is not there" };
  const model = { get: (name: string) => traits[name], widget_manager: { kernel } };
  return model as unknown as AnyModel;
}

describe("linkAddress", () => {
  it("is below the server's address and has its token", () => {
    const kernel = { id: "1-2", serverSettings: SETTINGS };
    const place = `lab.example/user/an%20n/bodyseg/link/1-2/${"0f".repeat(16)}`;
    expect(linkAddress(channel(kernel))).toEqual({
      socket: `ws://${place}?token=a%26b`,
      question: `http://${place}`,
      headers: { Authorization: "token a&b" },
    });
  });

  it("leaves the token out where the front end does, and where there is none", () => {
    for (const settings of [{ appendToken: false }, { token: "" }]) {
      const kernel = { id: "1", serverSettings: { ...SETTINGS, ...settings } };
      expect(linkAddress(channel(kernel))).toMatchObject({
        socket: expect.not.stringContaining("token"),
      });
    }
  });

  it("needs no slash at the end of the server's address", () => {
    const serverSettings = { ...SETTINGS, baseUrl: "http://a/b", wsUrl: "ws://a/b" };
    expect(linkAddress(channel({ id: "1", serverSettings }))).toMatchObject({
      question: expect.stringContaining("http://a/b/bodyseg/link/1/"),
    });
  });

  it("is missing where the kernel offers no link, with the kernel's reason", () => {
    const kernel = { id: "1", serverSettings: SETTINGS };
    expect(linkAddress(channel(kernel, ""))).toEqual({ why: "it is not there" });
  });

  it.each([undefined, null, {}, { id: "1" }, { id: "1", serverSettings: {} }])(
    "is missing in a front end that has %o",
    (kernel) => {
      expect(linkAddress(channel(kernel))).toEqual({
        why: "this front end does not say where its Jupyter server is",
      });
    },
  );
});
