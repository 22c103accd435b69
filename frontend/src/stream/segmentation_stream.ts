/** A widget without a view that exports the state of a stream. */
import type { AnyModel, InitializeProps } from "@anywidget/types";
import type { ClassName, StreamState, Topology, WeightsMessage, WeightsOffer } from "../generated";
import type { RunningOn } from "../inference/inference_messages";
import { Listeners } from "../kit/listeners";
import { exported, type Reference } from "../kit/reference";
import type { Stream } from "./stream";

interface Traits {
  webcam: Reference;
  model: string;
  _label: string;
  runtime: string;
  _topology: Topology | null;
  _classes: ClassName[];
  _people: boolean;
  _weights: WeightsOffer | null;
  state: StreamState;
  message: string;
  running_on: "" | RunningOn;
  running_why: string;
}

/** The runtime of the page. */
const IN_PAGE = "browser";
const CLOSED = "This stream was closed. Run the cell again to make a new one.";

class ModelStream implements Stream {
  private readonly states = new Listeners<[]>();

  private closed = false;

  constructor(
    private readonly model: AnyModel<Traits>,
    signal: AbortSignal,
  ) {
    signal.addEventListener("abort", () => {
      this.closed = true;
      this.states.notify();
    });
    for (const name of [
      "state",
      "model",
      "runtime",
      "message",
      "_label",
      "_topology",
      "_classes",
      "_people",
      "_weights",
      "running_on",
      "running_why",
    ])
      model.on(`change:${name}`, () => this.states.notify());
  }

  get webcam(): Reference {
    return this.model.get("webcam");
  }

  get modelName(): string {
    return this.model.get("model");
  }

  get label(): string {
    return this.model.get("_label");
  }

  get isInPage(): boolean {
    return this.model.get("runtime") === IN_PAGE;
  }

  get state(): StreamState {
    return this.closed ? "failed" : this.model.get("state");
  }

  get message(): string {
    return this.closed ? CLOSED : this.model.get("message");
  }

  get runningOn(): "" | RunningOn {
    return this.model.get("running_on");
  }

  get runningWhy(): string {
    return this.model.get("running_why");
  }

  get topology(): Topology | null {
    return this.model.get("_topology");
  }

  get classes(): ClassName[] {
    return this.model.get("_classes");
  }

  get tellsPeople(): boolean {
    return this.model.get("_people");
  }

  get weights(): WeightsOffer | null {
    return this.closed ? null : this.model.get("_weights");
  }

  download(begin: boolean): void {
    this.model.send({ kind: "weights", download: begin } satisfies WeightsMessage);
  }

  onState(listener: () => void, signal: AbortSignal): void {
    this.states.add(listener, signal);
  }
}

export default {
  initialize({ model, signal }: InitializeProps<Traits>) {
    return exported(new ModelStream(model, signal), signal);
  },
};
