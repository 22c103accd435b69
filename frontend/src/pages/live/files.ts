/** In place of the kernel: files beside the page, and what is said where Python would be needed. */
import {
  ASSET_PART_BYTES,
  type AssetRequest,
  type LivePage,
  type LocalStateMessage,
  type OpenMessage,
  type PingMessage,
} from "../../generated";
import { now } from "../../kit/clock";
import type { Reply } from "./model";

const NEEDS_PYTHON =
  "This source needs Python, which this page does not have. Choose a camera, a screen or the " +
  "sample image.";

type Said = AssetRequest | LocalStateMessage | OpenMessage | PingMessage | { kind: "sample" };

export class Files {
  private readonly fetched = new Map<string, Promise<ArrayBuffer>>();

  /** @param said called with what is said of a stream's model */
  constructor(
    private readonly page: LivePage,
    private readonly said: (message: LocalStateMessage) => void,
  ) {}

  /** Answer a message of a source. */
  readonly answer = (content: { kind: string }, reply: Reply): void => {
    const message = content as Said;
    switch (message.kind) {
      case "asset":
        void this.send(message, reply);
        break;
      case "sample":
        // A failure shows: the source goes on waiting for it.
        this.get(this.page.sample).then((data) => reply({ kind: "sample" }, [new DataView(data)]));
        break;
      case "local_state":
        this.said(message);
        break;
      case "open": {
        const { page, video } = message;
        reply({ kind: "rejected", page, video, message: NEEDS_PYTHON });
        break;
      }
      case "ping": {
        const { page, asked } = message;
        reply({ kind: "pong", page, owed: [], asked, received: now(), sent: now() });
      }
    }
  };

  private async send({ page, name, offset }: AssetRequest, reply: Reply): Promise<void> {
    const said = { kind: "asset", page, name, offset };
    const file = this.page.files.find((each) => each.name === name);
    try {
      if (!file) throw new Error(`${name} is not beside this page. Make the page again.`);
      if (offset === null) {
        reply({ ...said, size: file.size, digest: file.digest });
        return;
      }
      const data = await this.get(file.path);
      const length = Math.min(ASSET_PART_BYTES, Math.max(0, data.byteLength - offset));
      reply(said, [new DataView(data.slice(offset, offset + length))]);
      // Models of this page have it then, and the browser.
      if (offset + length >= data.byteLength) this.fetched.delete(file.path);
    } catch (error) {
      reply({ ...said, message: error instanceof Error ? error.message : String(error) });
    }
  }

  private get(path: string): Promise<ArrayBuffer> {
    const known = this.fetched.get(path);
    if (known) return known;
    const fetched = load(path);
    this.fetched.set(path, fetched);
    // It may be there when it is asked for again.
    fetched.catch(() => this.fetched.delete(path));
    return fetched;
  }
}

async function load(path: string): Promise<ArrayBuffer> {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${path} is not there (${response.status}).`);
  return response.arrayBuffer();
}
