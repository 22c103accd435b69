/** What the two halves of a histogram say to each other. */

export interface HistogramInit {
  stream: string;
}

/** To the worker. */
export interface HistogramMessage {
  visible: boolean;
}

/** To the page: the number of pixels of each of the 256 values; null where nothing is shown. */
export interface HistogramNews {
  counts: Uint32Array | null;
}
