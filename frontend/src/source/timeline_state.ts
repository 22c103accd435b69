/** The frames on the timeline, and the current one. */
export interface TimelineState {
  /** How many frames there are. */
  count: number;
  /** The index of the current one; -1 for none. */
  index: number;
  /** The number of that frame. */
  id: number | null;
  /** The time between the first and last frame, in seconds. */
  span: number;
  /** The age of the current frame relative to the newest, in seconds. */
  ago: number;
  /** Whether it is a video with a beginning and an end. */
  video: boolean;
}
