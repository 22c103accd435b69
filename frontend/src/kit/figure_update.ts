/** Updates of a figure: what a message says, several as one, and in plotly's form. */
import type { UpdateMessage } from "../generated";

export interface FigureUpdate {
  /** Its number. */
  update: number;
  /** By the trace's index, the properties that change. */
  traces: Record<string, Record<string, unknown>>;
  layout: Record<string, unknown>;
}

const ARRAYS = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
  uint8: Uint8Array,
};

/** The update of a message, with the arrays in its buffers. */
export function readUpdate(message: UpdateMessage, buffers: DataView[]): FigureUpdate {
  const read = (values: Record<string, unknown>) =>
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, readValue(value, buffers)]),
    );
  const traces = Object.entries(message.traces).map(([at, values]) => [at, read(values)]);
  return {
    update: message.update,
    traces: Object.fromEntries(traces),
    layout: read(message.layout),
  };
}

function readValue(value: unknown, buffers: DataView[]): unknown {
  const { buffer, dtype } = (value ?? {}) as { buffer?: number; dtype?: keyof typeof ARRAYS };
  const bytes = buffer === undefined ? undefined : buffers[buffer];
  if (!bytes || !dtype) return value;
  const { byteOffset, byteLength } = bytes;
  // Copied, because a message's buffers need not be aligned.
  return new ARRAYS[dtype](bytes.buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer);
}

/** Two updates as one: of each property, the newer value. */
export function merge(older: FigureUpdate | null, newer: FigureUpdate): FigureUpdate {
  if (!older) return newer;
  const traces = { ...older.traces };
  for (const [at, values] of Object.entries(newer.traces))
    traces[at] = { ...traces[at], ...values };
  return { update: newer.update, traces, layout: { ...older.layout, ...newer.layout } };
}

/** As `Plotly.update` takes it: each property with a value per trace, undefined for no change. */
export function restyling({ traces }: FigureUpdate): {
  properties: Record<string, unknown[]>;
  places: number[];
} {
  const changes = Object.values(traces);
  const names = new Set(changes.flatMap((values) => Object.keys(values)));
  const properties = [...names].map((name) => [name, changes.map((values) => values[name])]);
  return { properties: Object.fromEntries(properties), places: Object.keys(traces).map(Number) };
}
