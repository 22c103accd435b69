/** How the kernel can be reached. */
import type { AnyModel } from "@anywidget/types";
import type { KernelMessage, PageMessage } from "../generated";
import { findModel, hostOf, type Reference } from "../kit/reference";
import type { Channel } from "./channel";
import { CommChannel } from "./comm_channel";
import { KernelStatus } from "./kernel_status";
import { type LinkAddress, linkAddress, type NoLink } from "./link_address";

export interface KernelAccess {
  comm: Channel;
  link: LinkAddress | NoLink;
  status: KernelStatus;
}

/** Find the channel that a widget refers to; null if it was closed. */
export async function accessKernel(
  model: AnyModel<{ channel: Reference }>,
  signal: AbortSignal,
): Promise<KernelAccess | null> {
  const found = await findModel(hostOf(model), model.get("channel"));
  if (!found) return null;
  const comm = new CommChannel<PageMessage, KernelMessage>(found, signal);
  return { comm, link: linkAddress(found), status: new KernelStatus(found, signal) };
}
