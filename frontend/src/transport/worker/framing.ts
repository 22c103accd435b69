/** How messages are framed on a link, as in `bodyseg_widgets/link/framing.py`. */

/** Bytes of the length that stands before the head. */
const LENGTH = 4;

interface Head<Message> {
  message: Message;
  /** The buffers' lengths. */
  buffers: number[];
}

export function pack(message: object, buffers: ArrayBuffer[]): ArrayBuffer {
  const lengths = buffers.map(({ byteLength }) => byteLength);
  const head = new TextEncoder().encode(
    JSON.stringify({ message, buffers: lengths } satisfies Head<object>),
  );
  const framed = new Uint8Array(
    lengths.reduce((sum, length) => sum + length, LENGTH + head.length),
  );
  new DataView(framed.buffer).setUint32(0, head.length, true);
  framed.set(head, LENGTH);
  let at = LENGTH + head.length;
  for (const buffer of buffers) {
    framed.set(new Uint8Array(buffer), at);
    at += buffer.byteLength;
  }
  return framed.buffer;
}

/**
 * Return a message and its buffers, which are views of `data`.
 *
 * @throws an error that says what is wrong if it is no message
 */
export function unpack<Message>(data: ArrayBuffer): { message: Message; buffers: DataView[] } {
  const length = new DataView(data).getUint32(0, true);
  const text = new TextDecoder().decode(new Uint8Array(data, LENGTH, length));
  const { message, buffers: lengths } = JSON.parse(text) as Head<Message>;
  let at = LENGTH + length;
  const buffers = lengths.map((each) => {
    const view = new DataView(data, at, each);
    at += each;
    return view;
  });
  return { message, buffers };
}
