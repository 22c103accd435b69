/** Sends a file to the kernel, one chunk after the other. */

import { type StoredMessage, UPLOAD_CHUNK_BYTES } from "../../generated";
import { now } from "../../kit/clock";
import type { Channel } from "../../transport/channel";
import { SourceError } from "../source_error";

/**
 * Store a file on the kernel's machine, with progress in words; return its path there.
 *
 * @param page the id of the source it is for
 */
export function storeFile(
  channel: Channel,
  page: string,
  file: File,
  progress: (message: string, share: number | null) => void,
  signal: AbortSignal,
): Promise<string> {
  const megabytes = (bytes: number) => (bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0);
  const report = (done: number) =>
    progress(
      `Storing ${file.name}: ${megabytes(done)} of ${megabytes(file.size)} MB.`,
      file.size > 0 ? done / file.size : null,
    );
  report(0);
  return upload(channel, page, file, report, signal);
}

/** How long (ms) a chunk may take before the kernel is asked whether it can be reached. */
const PATIENCE = 2000;

interface Transfer {
  channel: Channel;
  page: string;
  file: File;
  /** Of the upload, in this page. */
  number: number;
  signal: AbortSignal;
}

/** Numbers the uploads. */
let uploads = 0;

/**
 * Send a file; return its path on the kernel's machine.
 *
 * @param page the id of the source it is for
 * @param progress called after each chunk with the number of stored bytes
 */
export async function upload(
  channel: Channel,
  page: string,
  file: File,
  progress: (done: number) => void,
  signal: AbortSignal,
): Promise<string> {
  if (file.size === 0) throw new SourceError(`${file.name} is empty. Choose another file.`);
  uploads += 1;
  const transfer: Transfer = { channel, page, file, number: uploads, signal };
  for (let offset = 0; ; ) {
    const answer = await store(transfer, offset);
    if (answer.message) throw new SourceError(answer.message);
    offset = answer.done ?? file.size;
    progress(offset);
    if (answer.path) return answer.path;
  }
}

/** Send the chunk at an offset, again if it or its answer is lost; return the answer. */
async function store(transfer: Transfer, offset: number): Promise<StoredMessage> {
  const { channel, page, file, number, signal } = transfer;
  const answered = new AbortController();
  const until = AbortSignal.any([signal, answered.signal]);
  const address = { page, upload: number, name: file.name, size: file.size, offset };
  try {
    return await new Promise<StoredMessage>((resolve, reject) => {
      /** When it was sent; it is not again while it is being read. */
      let sent = Number.POSITIVE_INFINITY;
      const send = async () => {
        sent = Number.POSITIVE_INFINITY;
        const chunk = await readChunk(file, offset);
        if (until.aborted) return;
        sent = now();
        channel.send({ kind: "upload", ...address }, [chunk]);
      };
      channel.onMessage((message) => {
        // The kernel can be reached, and handles the same chunk as if it came once.
        if (message.kind === "pong" && message.page === page && message.asked > sent)
          send().catch(reject);
        if (message.kind !== "stored" || message.page !== page || message.upload !== number) return;
        // Not the second answer to the chunk before.
        if (message.message || message.path || (message.done ?? 0) > offset) resolve(message);
      }, until);
      channel.onLost(() => reject(new SourceError("Kernel disconnected.")), until);
      const ask = () => channel.send({ kind: "ping", page, asked: now() });
      const timer = setInterval(ask, PATIENCE);
      until.addEventListener("abort", () => {
        clearInterval(timer);
        reject(signal.reason);
      });
      send().catch(reject);
    });
  } finally {
    answered.abort();
  }
}

async function readChunk(file: File, offset: number): Promise<ArrayBuffer> {
  try {
    return await file.slice(offset, offset + UPLOAD_CHUNK_BYTES).arrayBuffer();
  } catch (error) {
    throw new SourceError(`${file.name} could not be read (${String(error)}).`, { cause: error });
  }
}
