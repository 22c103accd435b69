import type { LinkAddress } from "../link_address";

export interface Refusal {
  /** Part of a sentence. */
  why: string;
  /** Whether asking again is in vain. */
  final: boolean;
}

const NO_EXTENSION =
  "the Jupyter server does not have the extension of bodyseg-widgets. Install the package where " +
  "JupyterLab is installed, and restart the server";

/** Ask the Jupyter server why a link could not be opened. */
export async function askForRefusal({ question, headers }: LinkAddress): Promise<Refusal> {
  let response: Response;
  try {
    response = await fetch(question, { headers, cache: "no-store" });
  } catch {
    return { why: "the Jupyter server cannot be reached", final: false };
  }
  if (response.status === 403) return { why: "the Jupyter server does not allow it", final: true };
  const answer: { why?: unknown } | null = await response.json().catch(() => null);
  if (typeof answer?.why === "string") return { why: answer.why, final: true };
  if (answer?.why === null)
    return { why: "something between page and server lets no WebSocket through", final: false };
  if (response.status === 404) return { why: NO_EXTENSION, final: true };
  return { why: `the Jupyter server answers with ${response.status}`, final: false };
}
