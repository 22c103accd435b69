import type { Host } from "@anywidget/types";
import { describe, expect, it } from "vitest";
import { exported, findExports, findModel, hostOf, modelId } from "../../src/kit/reference";

const MODEL = { name: "a model" };

/** A host of one open widget, whose exports may be slow or broken. */
function fakeHost(widget: () => Promise<unknown>, open = () => true): Host {
  const missing = () => Promise.reject(new Error("widget model not found"));
  return {
    getModel: (ref: string) =>
      ref === "anywidget:1" && open() ? Promise.resolve(MODEL) : missing(),
    getWidget: (ref: string) => (ref === "anywidget:1" ? widget() : missing()),
  } as unknown as Host;
}

describe("a reference", () => {
  it("names a model by its id", () => {
    expect(modelId("anywidget:0123abc")).toBe("0123abc");
    expect(modelId(null)).toBe("");
  });

  it("gives what the other widget exports, and its model", async () => {
    const host = fakeHost(async () => ({ exports: { value: "source" } }));
    expect(await findExports(host, "anywidget:1")).toBe("source");
    expect(await findModel(host, "anywidget:1")).toBe(MODEL);
  });

  it("to a closed widget gives null", async () => {
    const host = fakeHost(async () => ({ exports: { value: "source" } }));
    for (const closed of ["anywidget:2", null]) {
      expect(await findExports(host, closed)).toBeNull();
      expect(await findModel(host, closed)).toBeNull();
    }
  });

  it("finds no more what was exported by a widget that was closed, though its host keeps it", async () => {
    const closing = new AbortController();
    const exports = exported("source", closing.signal);
    const host = fakeHost(async () => ({ exports }));
    expect(await findExports(host, "anywidget:1")).toBe("source");
    closing.abort();
    expect(await findExports(host, "anywidget:1")).toBeNull();
    expect(exports).toEqual({ value: null });
  });

  it("to a widget that is closed meanwhile gives null", async () => {
    let open = true;
    const host = fakeHost(
      async () => {
        open = false;
        throw new Error("No binding found");
      },
      () => open,
    );
    expect(await findExports(host, "anywidget:1")).toBeNull();
  });

  it("passes on what is wrong with an open widget", async () => {
    const host = fakeHost(() => Promise.reject(new Error("Timed out")));
    await expect(findExports(host, "anywidget:1")).rejects.toThrow("Timed out");
  });

  it("passes on why a model could not be created", async () => {
    const getModel = () => Promise.reject(new Error("Class Missing not found in module any"));
    await expect(findModel({ getModel }, "anywidget:1")).rejects.toThrow("Class Missing");
  });

  it("is resolved by the widget manager where there is no host", async () => {
    const asked: string[] = [];
    const widget_manager = {
      get_model: async (id: string) => {
        asked.push(id);
        return MODEL;
      },
    };
    const host = hostOf({ widget_manager } as never);
    expect(await findModel(host, "anywidget:1")).toBe(MODEL);
    expect(asked).toEqual(["1"]);
  });
});
