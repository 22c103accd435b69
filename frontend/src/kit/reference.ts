/**
 * References from one widget to another, "anywidget:<model id>". Some hosts create a model only
 * when it is asked for, so every widget needs a reference.
 */
import type { AnyModel, Host } from "@anywidget/types";

/** null if the widget was closed before the page received it. */
export type Reference = string | null;

const PREFIX = "anywidget:";

/** The id of the referenced model, which messages use; empty for null. */
export function modelId(reference: Reference): string {
  return reference?.slice(PREFIX.length) ?? "";
}

/** The error of ipywidgets and marimo for a closed model. */
const UNKNOWN_MODEL = /model not found/i;

/**
 * The model behind a reference, or null if it was closed.
 *
 * @throws the error if the model could not be created
 */
export async function findModel<T extends object>(
  host: Pick<Host, "getModel">,
  reference: Reference,
): Promise<AnyModel<T> | null> {
  if (reference === null) return null;
  try {
    return await host.getModel<T>(reference);
  } catch (error) {
    if (UNKNOWN_MODEL.test(String(error))) return null;
    throw error;
  }
}

/** What a widget exports. */
export interface Exported<T> {
  /** null once it is closed. */
  value: T | null;
}

/**
 * Export something for other widgets to find, until the signal of `initialize`. Hosts keep exports
 * as long as the model, and JupyterLab keeps models of closed widgets as long as the kernel.
 */
export function exported<T>(value: T, signal: AbortSignal): Exported<T> {
  const exports: Exported<T> = { value };
  signal.addEventListener("abort", () => {
    exports.value = null;
  });
  return exports;
}

/** What the widget behind a reference exports, or null if it was closed. */
export async function findExports<T>(host: Host, reference: Reference): Promise<T | null> {
  if (reference === null) return null;
  try {
    return (await host.getWidget<Exported<T>>(reference)).exports.value;
  } catch (error) {
    if (await findModel(host, reference)) throw error;
    return null;
  }
}

/** A host for `initialize`, which anywidget calls without one. */
export function hostOf(model: Pick<AnyModel, "widget_manager">): Pick<Host, "getModel"> {
  return {
    getModel: (reference) => model.widget_manager.get_model(modelId(reference)),
  };
}
