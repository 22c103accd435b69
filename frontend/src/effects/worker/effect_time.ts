/** Tells the page how long a Python effect takes. */
import { Throttle } from "../../kit/throttle";
import type { OpenDisplay } from "../../source/worker/display";
import type { EffectTime, EffectTimeInit } from "../effect_time_messages";

/** Minimum time between updates of the number, ms. */
const READABLE = 500;

export const openEffectTime: OpenDisplay<EffectTimeInit> = ({ view }, context) => {
  const { results, effects, port, signal } = context;
  let latest: EffectTime | null = null;
  const telling = new Throttle(() => port.postMessage(latest), READABLE, signal);
  const result = (effect: string, _: unknown, took: number) => {
    latest = { effect, took };
    telling.request();
  };
  results.onClear(() => {
    latest = null;
    port.postMessage(null);
  }, signal);
  effects.onResult(view, { result, error: () => undefined }, signal);
};
