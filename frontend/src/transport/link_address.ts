/** Where the page finds a link to the kernel. */
import type { AnyModel } from "@anywidget/types";

export interface LinkAddress {
  /** For the WebSocket. */
  socket: string;
  /** For asking whether the link can be had. */
  question: string;
  /** What such a question needs to be allowed. */
  headers: Record<string, string>;
}

/** Why there is no address, as part of a sentence. */
export interface NoLink {
  why: string;
}

/** The part of JupyterLab's kernel connection that is used here; other front ends may have less. */
interface Kernel {
  id?: string;
  serverSettings?: {
    baseUrl?: string;
    wsUrl?: string;
    token?: string;
    /** Whether the token goes into the address of a WebSocket. */
    appendToken?: boolean;
  };
}

/** Return the address of the link that a `FrameChannel` offers, or why it has none. */
export function linkAddress(channel: AnyModel): LinkAddress | NoLink {
  const key = channel.get("_link_key");
  if (!key) return { why: channel.get("_no_link") };
  const { kernel } = channel.widget_manager as { kernel?: Kernel | null };
  const { baseUrl, wsUrl, token, appendToken } = kernel?.serverSettings ?? {};
  if (!kernel?.id || !baseUrl || !wsUrl)
    return { why: "this front end does not say where its Jupyter server is" };
  const path = `bodyseg/link/${encodeURIComponent(kernel.id)}/${key}`;
  const socket = new URL(path, withSlash(wsUrl));
  // A browser cannot send headers with it.
  if (token && appendToken) socket.searchParams.set("token", token);
  return {
    socket: socket.href,
    question: new URL(path, withSlash(baseUrl)).href,
    headers: token ? { Authorization: `token ${token}` } : {},
  };
}

function withSlash(url: string): string {
  return url.endsWith("/") ? url : `${url}/`;
}
