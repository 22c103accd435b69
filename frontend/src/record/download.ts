/** Reads a file of the kernel's computer, part by part. */
import type { FileKernelMessage, ReadMessage, SavedFile } from "../generated";
import { randomId } from "../kit/id";
import type { Channel, Loss } from "../transport/channel";

export type FileChannel = Channel<ReadMessage, FileKernelMessage>;

const LOST: Record<Loss, string> = {
  kernel: "The kernel was restarted or shut down. The file is still in its folder.",
  closed: "This list was closed. The file is still in its folder.",
};
const CHANGED = "The file changed while it was read. Download it again.";

/**
 * Read a file.
 *
 * @param progress called with the number of bytes read so far
 * @param signal gives up
 * @throws Error with a sentence for the person who wanted the file
 */
export function readFile(
  channel: FileChannel,
  file: SavedFile,
  progress: (read: number, size: number) => void,
  signal: AbortSignal,
): Promise<Blob> {
  const request = randomId();
  // Browsers may keep a blob's parts on the disk: a recording can be larger than memory.
  const parts: Blob[] = [];
  let read = 0;
  let whole: number | null = null;
  const over = new AbortController();
  const reading = new Promise<Blob>((resolve, reject) => {
    const fail = (why: string) => reject(new Error(why));
    const ask = () => channel.send({ kind: "read", request, file: file.id, offset: read });
    channel.onMessage((answer, buffers) => {
      if (answer.request !== request) return;
      if (answer.kind === "unreadable") return fail(answer.message);
      if (answer.offset !== read) return;
      whole ??= answer.size;
      const [part] = buffers;
      if (answer.size !== whole || !part?.byteLength) return fail(CHANGED);
      parts.push(new Blob([part as DataView<ArrayBuffer>]));
      read += part.byteLength;
      progress(read, whole);
      if (read < whole) ask();
      else resolve(new Blob(parts));
    }, over.signal);
    channel.onLost((loss) => fail(LOST[loss]), over.signal);
    signal.addEventListener("abort", () => fail(""), { signal: over.signal });
    if (!channel.alive) return fail(LOST.kernel);
    ask();
  });
  return reading.finally(() => over.abort());
}
