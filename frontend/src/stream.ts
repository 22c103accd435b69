/** What a `segmentation_stream` widget provides to the page's other widgets. */
export interface Stream {
  readonly label: string;
  readonly state: "loading" | "ready" | "failed";
  readonly message: string;
  onState(listener: () => void, signal: AbortSignal): void;
}
