/** Counts the pixels of a stream's masks, while someone sees the histogram. */
import { histogram, type Mask } from "../../source/mask";
import type { OpenDisplay } from "../../source/worker/display";
import type { HistogramInit, HistogramMessage, HistogramNews } from "../histogram_messages";

export const openHistogram: OpenDisplay<HistogramInit> = ({ stream }, context) => {
  const { results, figures, port, signal } = context;
  let latest: Mask | null = null;
  let visible = false;
  const count = figures.join(() => {
    if (!latest || !visible) return;
    const news: HistogramNews = { counts: histogram(latest) };
    latest = null;
    port.postMessage(news);
  }, signal);
  const request = () => visible && latest && count();
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
