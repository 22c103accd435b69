/** What a `webcam` widget exports to the page's other widgets. */

import type { Origin } from "../generated";
import type { Way } from "../transport/way";
import type { Controls } from "./condition";
import type { Pictures } from "./pictures";
import type { SourceState } from "./source_state";
import type { Stats } from "./stats";
import type { TimelineState } from "./timeline_state";
import type { DisplayKind } from "./worker/display";

export interface Source {
  readonly state: SourceState;
  /** What every control of it, and of what shows it, is like now. */
  readonly controls: Controls;
  readonly pictures: Pictures;
  /** Which source is selected. */
  readonly kind: Origin;
  /** Whether people see themselves in it, as in a mirror. */
  isMirror(): boolean;
  /** Whether it is paused. */
  readonly paused: boolean;
  /** The way that frames go to the kernel; null while there is no connection. */
  readonly way: Way | null;
  /** Listen for changes of the state, the controls, the source, pausing and the timeline. */
  onState(listener: () => void, signal: AbortSignal): void;
  start(): void;
  stop(): void;
  useSample(): void;
  /** Send a file to the kernel and open it. */
  openFile(file: File): void;
  togglePause(): void;
  /** Pause, and move this many frames forward or, if negative, back. */
  step(by: number): void;
  /** Pause, and show the frame at this index of the timeline. */
  seek(index: number): void;
  timeline(): TimelineState;
  /** Whether its control is displayed; it runs only then. */
  readonly hasControl: boolean;
  /**
   * Count a view or control as displayed until `signal` aborts. Frames are captured only while a
   * control is on the page, and a view is visible or Python needs them.
   */
  watch(element: HTMLElement, role: "view" | "control", signal: AbortSignal): void;
  /**
   * Open a display in the frame worker; messages go over the returned port. It ends with `signal`.
   *
   * @param init cloned, except for what is in `transfer`
   */
  display<Init extends object>(
    kind: DisplayKind,
    init: Init,
    transfer: Transferable[],
    signal: AbortSignal,
  ): MessagePort;
  stats(stream: string): Stats | null;
}
