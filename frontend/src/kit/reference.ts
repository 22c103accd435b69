/**
 * How one widget reaches another: Python gives it a reference, "anywidget:<model id>".
 *
 * A host application may make the model when it is asked for, so nothing reaches a widget that
 * nothing refers to.
 */
import type { AnyModel, Host } from "@anywidget/types";

/** A reference; null where the widget was closed before the page was told. */
export type Reference = string | null;

const PREFIX = "anywidget:";

/** The id of the model that is referred to, by which messages name it; empty for null. */
export function modelId(reference: Reference): string {
  return reference?.slice(PREFIX.length) ?? "";
}

/** What ipywidgets and marimo say of a model that they do not know, because it was closed. */
const UNKNOWN_MODEL = /model not found/i;

/**
 * The model behind a reference, or null if it was closed.
 *
 * @throws what went wrong in creating a model that is there
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

/** What the widget behind a reference exports, or null if it was closed. */
export async function findExports<T>(host: Host, reference: Reference): Promise<T | null> {
  if (reference === null) return null;
  try {
    return (await host.getWidget<T>(reference)).exports;
  } catch (error) {
    if (await findModel(host, reference)) throw error;
    return null;
  }
}

/** What there is of a host in `initialize`, which anywidget gives none. */
export function hostOf(model: Pick<AnyModel, "widget_manager">): Pick<Host, "getModel"> {
  return {
    getModel: (reference) => model.widget_manager.get_model(modelId(reference)),
  };
}
