/** The traits by which the page and Python start, stop and pause a source together. */
import type { AnyModel } from "@anywidget/types";
import { listCameras } from "./devices";
import type { SourceState } from "./source_state";
import type { WebcamTraits } from "./webcam_traits";

export class RunTraits {
  /** Whether this page was the last to stop it. */
  private stopped = false;

  /** @param page the id of this page; the source of another window stays its own */
  constructor(
    private readonly model: AnyModel<WebcamTraits>,
    private readonly page: string,
  ) {}

  /** Whether this page, or Python, pressed Start. */
  get isOurs(): boolean {
    return ["", this.page].includes(this.model.get("_page"));
  }

  get isRunningHere(): boolean {
    return this.model.get("running") && this.isOurs && !this.isOutdated;
  }

  /**
   * Whether Python has not heard of Stop, because the connection was lost: it says that this page
   * runs the source, which the page would not do without claiming it.
   */
  get isOutdated(): boolean {
    return this.stopped && this.model.get("running") && this.model.get("_page") === this.page;
  }

  get isRunningElsewhere(): boolean {
    return this.model.get("running") && !this.isOurs;
  }

  get paused(): boolean {
    return this.model.get("paused");
  }

  set paused(paused: boolean) {
    this.model.set("paused", paused);
    this.model.save_changes();
  }

  start(): void {
    this.claim();
    this.model.set("running", true);
    this.model.save_changes();
  }

  /** Claim a source that Python started, so that a reload or another window does not start it. */
  claim(): void {
    this.stopped = false;
    this.model.set("_page", this.page);
  }

  /** Stop, of which Python hears in another way. */
  leave(): void {
    this.stopped = true;
  }

  stop(): void {
    this.leave();
    this.model.set("_page", "");
    this.fail();
  }

  /** Stop, but keep the page that it failed in. */
  fail(): void {
    this.model.set("running", false);
    this.model.set("paused", false);
    this.model.save_changes();
  }

  /**
   * Save which cameras there are, unless another window runs the source.
   *
   * @param canSave whether Python can still be told, once they are known
   */
  async saveCameras(canSave: () => boolean): Promise<void> {
    const devices = await listCameras();
    if (!canSave() || !this.isOurs) return;
    this.model.set("devices", devices);
    this.model.save_changes();
  }

  /**
   * Report the state; of two windows, only the one that runs the source does.
   *
   * @param save whether Python can still be told
   */
  report({ kind, message }: SourceState, save: boolean): void {
    if (kind === "lost" || !this.isOurs) return;
    this.model.set("state", kind);
    this.model.set("message", message);
    if (save) this.model.save_changes();
  }
}
