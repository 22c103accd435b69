/** What a view draws where its effect is a person's own: a Python effect's pictures, or a shader's. */
import type { AnyModel } from "@anywidget/types";
import type { Backdrop } from "../drawing/backdrop";
import type { View } from "../drawing/look";
import { ShaderPainter, type ShaderSource } from "../drawing/shader";
import type { Answered, Source } from "../source/source";
import { type OwnEffect, type OwnTraits, ownEffect, parameterValue } from "./custom_effect";
import type { Problem } from "./effect_error";

interface Traits extends OwnTraits {
  _id: string;
  _shader_error: string;
  view: View;
  threshold: number;
}

const NO_WEBGL =
  "This browser offers no WebGL2, which shaders need. Switch on graphics acceleration in its " +
  "settings, or write the effect in Python.";

/** A shader that was compiled, and what the compiler said of it. */
interface Tried {
  shader: ShaderSource;
  wrong: string;
}

export class OwnDrawing {
  /** The newest picture of the Python effect that is chosen, in place of its frame. */
  made: Answered | null = null;
  /** Which effect is drawn: what is left of another one is not shown for it. */
  private drawn: string | null = null;
  /** There while a shader is chosen: browsers allow few of its kind at a time. */
  private painter: ShaderPainter | null = null;
  private tried: Tried | null = null;
  /** By effect, the shader that compiled last. */
  private readonly good = new Map<string, ShaderSource>();

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
      model.get("_id"),
      {
        made: (effect, answered) => this.take(effect, answered),
        failed: (effect, message) => this.fail(effect, message),
      },
      signal,
    );
    for (const name of ["view", "effect", "_own_effects"] as const)
      model.on(`change:${name}`, () => this.follow());
    signal.addEventListener("abort", () => this.forget());
    this.follow();
  }

  /** The picture to show in place of a result's; null where the effect is none of a person's own. */
  pictureOf(shown: Answered): ImageBitmap | OffscreenCanvas | null {
    const effect = this.effect();
    if (!effect) return null;
    // Until a Python effect has made a picture, the camera's is there.
    if (!effect.shader) return shown.picture.bitmap;
    return this.paint(effect, effect.shader, shown) ?? shown.picture.bitmap;
  }

  private effect(): OwnEffect | null {
    return this.model.get("view") === "effect" ? ownEffect(this.model) : null;
  }

  /** Forget what was drawn where another effect is chosen, or its name is one of another kind now. */
  private follow(): void {
    const effect = this.effect();
    const now = effect && `${effect.shader ? "shader" : "Python"} ${effect.name}`;
    if (now === this.drawn) return;
    this.drawn = now;
    this.forget();
    this.tell("");
  }

  private isDrawn(effect: string): boolean {
    const chosen = this.effect();
    return chosen?.name === effect && chosen.shader === null;
  }

  private take(effect: string, answered: Answered): void {
    if (!this.isDrawn(effect)) return;
    this.made?.picture.release();
    this.made = { ...answered, picture: answered.picture.hold() };
    this.problem.clear();
    this.redraw();
  }

  private fail(effect: string, message: string): void {
    if (!this.isDrawn(effect)) return;
    const stays = this.made ? "Its last good picture stays." : "The picture is as it came.";
    this.problem.say(`The effect \u201c${effect}\u201d failed. ${stays}`, message);
  }

  private paint(
    { name, parameters }: OwnEffect,
    shader: ShaderSource,
    shown: Answered,
  ): OffscreenCanvas | null {
    const { model, problem } = this;
    if (this.painter?.isLost) this.dispose();
    this.painter ??= ShaderPainter.create();
    const { painter } = this;
    if (!painter) {
      problem.say(`The shader \u201c${name}\u201d cannot run.`, NO_WEBGL);
      this.tell(NO_WEBGL);
      return null;
    }
    const wrong = this.compiled(painter, name, shader);
    const { width, height } = shown.picture.bitmap;
    const drawn = painter.draw(shown, {
      threshold: model.get("threshold"),
      background: this.backdrop.canvasOf(width, height) ?? this.backdrop.colour,
      parameters: parameters.map((spec) => ({ spec, value: parameterValue(model, name, spec) })),
    });
    const stays = drawn ? "The one before goes on." : "The picture is as it came.";
    if (wrong) problem.say(`The shader \u201c${name}\u201d does not compile. ${stays}`, wrong);
    else problem.clear();
    this.tell(wrong);
    return drawn;
  }

  /** Have the painter use a shader, once; where that fails, the one of its name that was good. */
  private compiled(painter: ShaderPainter, name: string, shader: ShaderSource): string {
    const { tried, good } = this;
    if (tried?.shader.source === shader.source && tried.shader.declarations === shader.declarations)
      return tried.wrong;
    const wrong = painter.use(shader);
    const before = good.get(name);
    if (!wrong) good.set(name, shader);
    else if (!tried && before) painter.use(before);
    this.tried = { shader, wrong };
    return wrong;
  }

  /** Tell Python what is wrong with a shader. */
  private tell(wrong: string): void {
    const { model } = this;
    if (model.get("_shader_error") === wrong) return;
    model.set("_shader_error", wrong);
    model.save_changes();
  }

  private forget(): void {
    this.made?.picture.release();
    this.made = null;
    this.problem.clear();
    this.dispose();
  }

  private dispose(): void {
    this.painter?.dispose();
    this.painter = null;
    this.tried = null;
  }
}
