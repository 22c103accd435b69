/**
 * The files that run models in the page: once per browser from the kernel, in parts, and kept in
 * Cache Storage, where the browser has it (on https and localhost).
 */
import type { AssetMessage } from "../../generated";
import { ASSET_PART_BYTES } from "../../generated";
import { now } from "../../kit/clock";
import type { Channel } from "../../transport/channel";

/** How much has come, bytes; called only while something comes. */
export type OnProgress = (done: number, size: number) => void;

const CACHE = "bodyseg-widgets";
/** No address of a server: what caches know files by. */
const ADDRESS = "https://bodyseg-widgets.invalid/";
/** How long (ms) a part may take before the kernel is asked whether it can be reached. */
const PATIENCE = 2000;

/** What is known of a file. */
interface Facts {
  name: string;
  size: number;
  digest: string;
}

export class Assets {
  /** What was asked for, by name: each is taken from the kernel or the cache once. */
  private readonly files = new Map<string, Promise<Blob>>();

  constructor(
    private readonly channel: Channel,
    private readonly page: string,
    private readonly signal: AbortSignal,
  ) {}

  /**
   * Get a file; uncompressed, if its name ends with .gz.
   *
   * @throws if the kernel cannot send it, or the signal's reason
   */
  get(name: string, progress: OnProgress): Promise<Blob> {
    let file = this.files.get(name);
    if (!file) {
      file = this.find(name, progress);
      this.files.set(name, file);
      // It may be there when it is asked for again.
      file.catch(() => this.files.delete(name));
    }
    return file;
  }

  private async find(name: string, progress: OnProgress): Promise<Blob> {
    const { size, digest } = await this.ask(name, null);
    const facts = { name, size: size ?? 0, digest: digest ?? "" };
    const file = await alone(facts, async () => {
      const kept = await fromCache(facts);
      if (kept) return kept;
      const fetched = await this.fetch(facts, progress);
      await keep(facts, fetched);
      return fetched;
    });
    return name.endsWith(".gz") ? uncompressed(file) : file;
  }

  private async fetch(facts: Facts, progress: OnProgress): Promise<Blob> {
    const { name, size } = facts;
    const parts: BlobPart[] = [];
    for (let offset = 0; offset < size; offset += ASSET_PART_BYTES) {
      progress(offset, size);
      const { part } = await this.ask(name, offset);
      parts.push(part as DataView<ArrayBuffer>);
    }
    progress(size, size);
    const file = new Blob(parts);
    if (!(await isWhole(file, facts))) throw new Error(`${name} arrived damaged. Start again.`);
    return file;
  }

  /** Ask for a part, again if it or its answer is lost. */
  private async ask(
    name: string,
    offset: number | null,
  ): Promise<Pick<AssetMessage, "size" | "digest"> & { part: DataView | undefined }> {
    const { channel, page, signal } = this;
    const answered = new AbortController();
    const until = AbortSignal.any([signal, answered.signal]);
    try {
      return await new Promise((resolve, reject) => {
        let sent = 0;
        const send = () => {
          sent = now();
          channel.send({ kind: "asset", page, name, offset });
        };
        channel.onMessage((message, [part]) => {
          // The kernel can be reached: the request or its answer is lost.
          if (message.kind === "pong" && message.page === page && message.asked > sent) send();
          if (message.kind !== "asset" || message.page !== page || message.name !== name) return;
          if (message.offset !== offset) return;
          if (message.message) reject(new Error(message.message));
          else resolve({ ...message, part });
        }, until);
        channel.onLost(() => reject(new Error("The kernel has ended.")), until);
        const timer = setInterval(
          () => channel.send({ kind: "ping", page, asked: now() }),
          PATIENCE,
        );
        until.addEventListener("abort", () => {
          clearInterval(timer);
          reject(signal.reason);
        });
        send();
      });
    } finally {
      answered.abort();
    }
  }
}

/** Do something that other workers of this browser wait for that need the same file. */
function alone<T>({ digest }: Facts, action: () => Promise<T>): Promise<T> {
  return "locks" in navigator ? navigator.locks.request(`${CACHE} ${digest}`, action) : action();
}

function addressOf({ name, digest }: Facts): string {
  return `${ADDRESS}${encodeURIComponent(name)}/${digest}`;
}

async function fromCache(facts: Facts): Promise<Blob | null> {
  if (!("caches" in globalThis)) return null;
  try {
    const cache = await caches.open(CACHE);
    const response = await cache.match(addressOf(facts));
    const file = response ? await response.blob() : null;
    return file?.size === facts.size ? file : null;
  } catch {
    // What a browser does that keeps nothing, as in a private window.
    return null;
  }
}

/** Keep a file in place of its other versions. */
async function keep(facts: Facts, file: Blob): Promise<void> {
  if (!("caches" in globalThis)) return;
  try {
    const cache = await caches.open(CACHE);
    const versions = `${ADDRESS}${encodeURIComponent(facts.name)}/`;
    for (const request of await cache.keys())
      if (request.url.startsWith(versions)) await cache.delete(request);
    await cache.put(addressOf(facts), new Response(file));
  } catch {
    // It is there for this page, and comes again for the next.
  }
}

async function isWhole(file: Blob, { size, digest }: Facts): Promise<boolean> {
  if (file.size !== size) return false;
  // Pages that are neither on https nor on localhost have none.
  const subtle: SubtleCrypto | undefined = globalThis.crypto?.subtle;
  if (!subtle) return true;
  const found = new Uint8Array(await subtle.digest("SHA-256", await file.arrayBuffer()));
  return Array.from(found, (byte) => byte.toString(16).padStart(2, "0")).join("") === digest;
}

function uncompressed(file: Blob): Promise<Blob> {
  return new Response(file.stream().pipeThrough(new DecompressionStream("gzip"))).blob();
}
