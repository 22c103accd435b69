/** Widget without a view: tells the page what the kernel says of a stream. */
import type { AnyModel, InitializeProps } from "@anywidget/types";
import { Listeners } from "./listeners";
import { provide } from "./page";
import type { Stream } from "./stream";

interface Traits {
  _key: string;
  _label: string;
  state: Stream["state"];
  message: string;
}

class ModelStream implements Stream {
  private readonly states = new Listeners<[]>();

  constructor(private readonly model: AnyModel<Traits>) {
    for (const name of ["state", "message", "_label"])
      model.on(`change:${name}`, () => this.states.call());
  }

  get label(): string {
    return this.model.get("_label");
  }

  get state(): Stream["state"] {
    return this.model.get("state");
  }

  get message(): string {
    return this.model.get("message");
  }

  onState(listener: () => void, signal: AbortSignal): void {
    this.states.add(listener, signal);
  }
}

export default {
  initialize({ model, signal }: InitializeProps<Traits>) {
    provide<Stream>(model.get("_key"), new ModelStream(model), signal);
  },
};
