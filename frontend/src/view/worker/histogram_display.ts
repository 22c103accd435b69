/** Counts the pixels of a stream's masks, while someone sees the histogram. */
import { Throttle } from "../../kit/throttle";
import { histogram, type Mask } from "../../source/mask";
import type { OpenDisplay } from "../../source/worker/display";
import type { HistogramInit, HistogramMessage, HistogramNews } from "../histogram_messages";

/** Minimum time between updates of the histogram, ms. */
const INTERVAL = 100;

export const openHistogram: OpenDisplay<HistogramInit> = ({ stream }, context) => {
  const { results, port, signal } = context;
  let latest: Mask | null = null;
  let visible = false;
  const counting = new Throttle(
    () => {
      if (!latest || !visible) return;
      const news: HistogramNews = { counts: histogram(latest) };
      latest = null;
      port.postMessage(news);
    },
    INTERVAL,
    signal,
  );
  const request = () => visible && latest && counting.request();
  port.onmessage = ({ data }: MessageEvent<HistogramMessage>) => {
    ({ visible } = data);
    request();
  };
  const take = ({ mask }: { mask: Mask }) => {
    latest = mask;
    request();
  };
  results.onResult(stream, take, signal);
  results.onClear(() => {
    latest = null;
    port.postMessage({ counts: null } satisfies HistogramNews);
  }, signal);
};
