/** What a view draws where its effect is a person's own: a Python effect's pictures, or a shader's. */
import type { AnyModel } from "@anywidget/types";
import type { Backdrop } from "./drawing/backdrop";
import type { View } from "./drawing/look";
import { ShaderPainter } from "./drawing/shader";
import { type OwnEffect, type OwnTraits, ownEffect, parameterValue } from "./own_effect";
import type { Problem } from "./problem";
import type { Answered, Source } from "./source";

interface Traits extends OwnTraits {
  _key: string;
  _shader_error: string;
  view: View;
  threshold: number;
}

const NO_WEBGL =
  "This browser offers no WebGL2, which shaders need. Switch on graphics acceleration in its " +
  "settings, or write the effect in Python.";

export class OwnDrawing {
  /** The newest picture of the Python effect that is chosen, in place of its frame. */
  made: Answered | null = null;
  /** Made when it is first needed: most views never do. */
  private painter: ShaderPainter | null = null;

  /** @param redraw draws the view soon */
  constructor(
    private readonly model: AnyModel<Traits>,
    source: Source,
    private readonly backdrop: Backdrop,
    private readonly problem: Problem,
    private readonly redraw: () => void,
    signal: AbortSignal,
  ) {
    source.onMade(
      model.get("_key"),
      { made: (answered) => this.take(answered), failed: (message) => this.fail(message) },
      signal,
    );
    for (const name of ["view", "effect"] as const) model.on(`change:${name}`, () => this.forget());
    signal.addEventListener("abort", () => {
      this.forget();
      this.painter?.dispose();
    });
  }

  /** The picture to show in place of a result's; null where the effect is none of a person's own. */
  pictureOf(shown: Answered): ImageBitmap | OffscreenCanvas | null {
    const effect = this.effect();
    if (!effect) return null;
    // Until a Python effect has made a picture, the camera's is there.
    if (!effect.shader) return shown.picture.bitmap;
    return this.paint(effect, shown) ?? shown.picture.bitmap;
  }

  private effect(): OwnEffect | null {
    return this.model.get("view") === "effect" ? ownEffect(this.model) : null;
  }

  private take(answered: Answered): void {
    const effect = this.effect();
    if (!effect || effect.shader) return;
    this.made?.picture.release();
    this.made = { ...answered, picture: answered.picture.hold() };
    this.problem.clear();
    this.redraw();
  }

  private fail(message: string): void {
    const effect = this.effect();
    if (!effect || effect.shader) return;
    const stays = this.made ? "Its last good picture stays." : "The picture is as it came.";
    this.problem.say(`The effect \u201c${effect.name}\u201d failed. ${stays}`, message);
  }

  private paint(effect: OwnEffect, shown: Answered): OffscreenCanvas | null {
    const { model } = this;
    if (!effect.shader) return null;
    if (this.painter?.isLost) this.painter = null;
    this.painter ??= ShaderPainter.create();
    if (!this.painter) {
      this.say(effect, "cannot run", NO_WEBGL);
      return null;
    }
    const wrong = this.painter.use(effect.shader);
    const { width, height } = shown.picture.bitmap;
    const drawn = this.painter.draw(shown, {
      threshold: model.get("threshold"),
      background: this.backdrop.canvasOf(width, height) ?? this.backdrop.colour,
      parameters: effect.parameters.map((spec) => ({
        spec,
        value: parameterValue(model, effect.name, spec),
      })),
    });
    const stays = drawn ? "The one before goes on." : "The picture is as it came.";
    this.say(effect, `does not compile. ${stays}`, wrong);
    return drawn;
  }

  /** Say what is wrong with a shader, here and in Python; where nothing is, say nothing. */
  private say(effect: OwnEffect, what: string, wrong: string): void {
    const { model, problem } = this;
    if (wrong) problem.say(`The shader \u201c${effect.name}\u201d ${what}`, wrong);
    else problem.clear();
    if (model.get("_shader_error") === wrong) return;
    model.set("_shader_error", wrong);
    model.save_changes();
  }

  /** Another effect is chosen, or another view. */
  private forget(): void {
    this.made?.picture.release();
    this.made = null;
    this.problem.clear();
    if (this.model.get("_shader_error") === "") return;
    this.model.set("_shader_error", "");
    this.model.save_changes();
  }
}
