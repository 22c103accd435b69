/** Sends a file to the kernel, one chunk after the other. */

import { type StoredMessage, UPLOAD_CHUNK_BYTES } from "../../generated";
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
  const number = uploads;
  const answers: { resolve(message: StoredMessage): void; reject(error: Error): void }[] = [];
  channel.onMessage((message) => {
    if (message.kind !== "stored" || message.page !== page || message.upload !== number) return;
    answers.shift()?.resolve(message);
  }, signal);
  signal.addEventListener("abort", () => answers.shift()?.reject(signal.reason));
  channel.onLost(() => answers.shift()?.reject(new SourceError("Kernel disconnected.")), signal);
  for (let offset = 0; ; ) {
    const chunk = await file
      .slice(offset, offset + UPLOAD_CHUNK_BYTES)
      .arrayBuffer()
      .catch((error: unknown) => {
        throw new SourceError(`${file.name} could not be read (${String(error)}).`);
      });
    signal.throwIfAborted();
    const answer = await new Promise<StoredMessage>((resolve, reject) => {
      answers.push({ resolve, reject });
      channel.send(
        {
          kind: "upload",
          page,
          upload: number,
          name: file.name,
          size: file.size,
          offset,
        },
        [chunk],
      );
    });
    if (answer.message) throw new SourceError(answer.message);
    offset = answer.done ?? file.size;
    progress(offset);
    if (answer.path) return answer.path;
  }
}
