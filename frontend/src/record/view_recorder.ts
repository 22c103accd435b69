/** The button that records the panels. */
import type { AnyModel, RenderProps } from "@anywidget/types";
import {
  type RecorderKernelMessage,
  type RecorderPageMessage,
  type RecorderState,
  UNWRITTEN_BYTES,
} from "../generated";
import { button, element, setText, widgetRoot } from "../kit/dom";
import { fileSize } from "../kit/file_size";
import { randomId } from "../kit/id";
import { findModel, type Reference } from "../kit/reference";
import type { Channel, Loss } from "../transport/channel";
import { CommChannel } from "../transport/comm_channel";
import { Recording, whyUnrecordable } from "./recording";
import { panelFrames } from "./view_image";

interface Traits {
  _channel: Reference;
  _media_types: string[];
  recording: boolean;
  rate: number;
  seconds: number;
  bytes: number;
  state: RecorderState;
  message: string;
}

type VideoChannel = Channel<RecorderPageMessage, RecorderKernelMessage>;

const NO_PANELS =
  "There is nothing to record: no panel is displayed beside this button. Display it in one box " +
  "with the panels.";
const BUSY =
  "Python was busy with a cell, or could not be reached, and did not write the video, so the " +
  "recording ended. To record while cells run, turn on Settings > Kernels > “Kernel Comms over " +
  "subshells”.";
const TAKEN_OFF = "The recorder was removed from the page, so the recording ended there.";
const CLOSED = "This recorder was closed. Run the cell again to create a new one.";
/** While it recorded; else the images say that the kernel is gone. */
const CUT_OFF =
  "The kernel was restarted or shut down while it recorded. The file has the video except for the " +
  "last second. Run the cell again to continue.";

/** Format a time: 0:05, 12:34, 1:00:00. */
export function clockTime(seconds: number): string {
  const whole = Math.floor(seconds);
  const two = (number: number) => String(number).padStart(2, "0");
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

class RecorderElement {
  /** The id of this element's recording; empty before the first. */
  private id = "";
  private recording: Recording | null = null;
  private sent = 0;
  private written = 0;
  /** The message while the kernel is busy or has ended. */
  private ownMessage = "";
  private readonly toggle: HTMLButtonElement;
  private readonly amount = element("span", { class: "bodyseg-amount-written", role: "timer" });
  private readonly status = element("span", { class: "bodyseg-recorder-status", role: "status" });

  constructor(
    private readonly model: AnyModel<Traits>,
    private readonly el: HTMLElement,
    private readonly channel: VideoChannel,
    signal: AbortSignal,
  ) {
    widgetRoot(el, "bodyseg-recorder");
    this.toggle = button("Record view", () => this.choose(!model.get("recording")));
    el.append(this.toggle, this.amount, this.status);

    channel.onMessage((answer) => this.receive(answer), signal);
    channel.onLost((loss) => {
      this.ownMessage = messageOf(loss, this.recording !== null);
      this.recording?.stop();
      this.show();
    }, signal);
    model.on("change:recording", () => this.onRecordingChanged());
    model.on("change:state", () => this.onStateChanged());
    for (const name of ["recording", "state", "seconds", "bytes", "message"])
      model.on(`change:${name}`, () => this.show());
    signal.addEventListener("abort", () => this.recording?.stop(TAKEN_OFF));
    this.onStateChanged();
    this.show();
  }

  private choose(recording: boolean): void {
    this.model.set("recording", recording);
    this.model.save_changes();
  }

  private onRecordingChanged(): void {
    if (this.model.get("recording")) this.ownMessage = "";
    else this.recording?.stop();
  }

  /** Offer to record if the kernel is starting a recording. */
  private onStateChanged(): void {
    const { model, channel } = this;
    if (model.get("state") !== "starting" || document.visibilityState !== "visible") return;
    this.id = randomId();
    const ask = this.offer();
    channel.send(
      "type" in ask
        ? { kind: "ask", recording: this.id, type: ask.type }
        : { kind: "refuse", recording: this.id, message: ask.message },
    );
  }

  private offer(): { type: string } | { message: string } {
    const why = whyUnrecordable();
    if (why !== null) return { message: why };
    const root = this.root();
    if (!root || panelFrames(root).length === 0) return { message: NO_PANELS };
    const types = this.model.get("_media_types");
    const type = types.find((each) => MediaRecorder.isTypeSupported(each));
    if (type !== undefined) return { type };
    const message = `This browser cannot record any of ${types.join(", ")}. Choose a path that ends in .webm or .mp4.`;
    return { message };
  }

  /** The outermost explorer around the button. */
  private root(): HTMLElement | null {
    let root: HTMLElement | null = null;
    for (let el = this.el.parentElement; el; el = el.parentElement)
      if (el.classList.contains("bodyseg-explorer")) root = el;
    return root;
  }

  private receive(answer: RecorderKernelMessage): void {
    if (answer.recording !== this.id) return;
    if (answer.kind === "begin") this.begin(answer.type, answer.rate);
    else if (answer.kind === "written") this.written = answer.bytes;
    else this.recording?.stop();
  }

  private begin(type: string, rate: number): void {
    const { channel, id } = this;
    const root = this.root();
    this.sent = 0;
    this.written = 0;
    const end = (message: string) => {
      this.recording = null;
      channel.send({ kind: "end", recording: id, message });
    };
    if (!root) {
      end(TAKEN_OFF);
      return;
    }
    try {
      this.recording = new Recording(root, type, rate, {
        chunk: (data, seconds) => {
          this.sent += data.byteLength;
          channel.send({ kind: "chunk", recording: id, seconds }, [data]);
          if (this.sent - this.written > UNWRITTEN_BYTES) this.giveUp();
        },
        heartbeat: () => channel.send({ kind: "heartbeat", recording: id }),
        end,
      });
    } catch (error) {
      end(`The browser could not start recording: ${String(error)}`);
    }
  }

  private giveUp(): void {
    this.recording?.stop(BUSY);
    this.ownMessage = BUSY;
    this.choose(false);
  }

  private show(): void {
    const { model, toggle } = this;
    const recording = model.get("recording") && this.channel.alive;
    const state = model.get("state");
    setText(toggle, recording ? "Stop recording" : "Record view");
    toggle.classList.toggle("bodyseg-live", recording);
    toggle.disabled = !this.channel.alive || (state === "finishing" && !recording);
    const bytes = model.get("bytes");
    const amount = `${clockTime(model.get("seconds"))} · ${fileSize(bytes)}`;
    setText(this.amount, recording || bytes ? amount : "");
    const paused = state === "paused" ? "Paused while the page is hidden." : "";
    const finishing = state === "finishing" ? "Completing the file." : "";
    setText(this.status, this.ownMessage || paused || finishing || model.get("message"));
  }
}

function messageOf(loss: Loss, recording: boolean): string {
  if (loss === "closed") return CLOSED;
  return recording ? CUT_OFF : "";
}

async function render({ model, el, signal, host }: RenderProps<Traits>) {
  const channel = await findModel(host, model.get("_channel"));
  if (channel && !signal.aborted)
    new RecorderElement(model, el, new CommChannel(channel, signal), signal);
}

export default { render };
