import { expect, it } from "vitest";
import { releaseChanges } from "../../src/transport/release_changes";

/** As ipywidgets' models are: changes wait while one is unanswered. */
class FakeModel {
  _pending_msgs = 0;
  readonly sent: string[] = [];
  private waiting: string | null = null;

  save(change: string): void {
    if (this._pending_msgs > 0) {
      this.waiting = change;
      return;
    }
    this._pending_msgs += 1;
    this.sent.push(change);
  }

  _handle_status({ content }: { content: { execution_state: string } }): void {
    if (content.execution_state !== "idle") return;
    this._pending_msgs -= 1;
    const { waiting } = this;
    this.waiting = null;
    if (waiting !== null) this.save(waiting);
  }
}

const release = (_models: unknown) => releaseChanges({ _models } as never);

it("what waits for an answer that was lost is sent, and later changes too", async () => {
  const [stuck, free] = [new FakeModel(), new FakeModel()];
  for (const change of ["lost", "waiting"]) stuck.save(change);
  await release({ stuck: Promise.resolve(stuck), free: Promise.resolve(free) });
  expect([stuck.sent, free.sent]).toEqual([["lost", "waiting"], []]);
  await release({ stuck: Promise.resolve(stuck), free: Promise.resolve(free) });
  stuck.save("later");
  free.save("first");
  expect([stuck.sent.at(-1), free.sent]).toEqual(["later", ["first"]]);
});

it("front ends without such models have nothing to release", async () => {
  for (const models of [undefined, {}, { other: Promise.resolve({}) }]) await release(models);
});
