/** What the page knows of the timeline, and what it has asked for. */
import type { Command } from "./engine_messages";
import type { TimelineState } from "./timeline_state";

export const NOTHING: TimelineState = {
  count: 0,
  index: -1,
  id: null,
  span: 0,
  ago: 0,
  video: false,
};

export class TimelineRequests {
  state = NOTHING;
  /** Numbers the requests. */
  private requests = 0;

  /**
   * @param command passes a request to the engine
   * @param changed called when the state has changed by a request
   */
  constructor(
    private readonly command: (command: Command) => void,
    private readonly changed: () => void,
  ) {}

  /** Begin another session. */
  clear(): void {
    this.state = NOTHING;
  }

  step(by: number): void {
    const request = this.request(this.state.index + by);
    this.command({ kind: "step", by, request });
  }

  seek(index: number): void {
    this.command({ kind: "seek", index, request: this.request(index) });
  }

  pause(paused: boolean): void {
    this.command({ kind: "pause", paused, request: this.request(this.state.index) });
  }

  /**
   * Number a request for this index. Until the engine has told its outcome, the slider is where it
   * was moved to, and the frame is unknown.
   */
  private request(index: number): number {
    this.requests += 1;
    const inside = Math.min(Math.max(index, 0), this.state.count - 1);
    this.state = { ...this.state, index: inside, id: null };
    this.changed();
    return this.requests;
  }

  /**
   * Take over what the engine has told; return whether it is news.
   *
   * @param request the last one that it takes into account
   */
  hear(state: TimelineState, request: number): boolean {
    if (request < this.requests) return false;
    this.state = state;
    return true;
  }
}
