/** Draws custom effects: results of Python effects, and shaders. */
import type { AnyModel } from "@anywidget/types";
import type { BackgroundLayer } from "../drawing/background";
import { ShaderPainter } from "../drawing/shader";
import type { EffectSpec, ShaderSource, View } from "../generated";
import type { Answered, Source } from "../source/source";
import type { EffectError } from "./effect_error";
import { chosenEffect, type EffectTraits, settingOf } from "./effects";

interface Traits extends EffectTraits {
  _id: string;
  _shader_error: string;
  view: View;
  threshold: number;
}

const NO_WEBGL =
  "This browser offers no WebGL2, which shaders need. Switch on graphics acceleration in its " +
  "settings, or write the effect in Python.";

/** For effects that have drawn nothing yet. */
const ORIGINAL = "Showing the original frame.";

/** The last compiled shader, and the compiler's message. */
interface Tried {
  shader: ShaderSource;
  wrong: string;
}

export class CustomDrawing {
  /** The newest result of the chosen Python effect. */
  made: Answered | null = null;
  /** The current effect, whose results are shown. */
  private drawn: string | null = null;
  /** Exists only while a shader is chosen: browsers allow few WebGL contexts. */
  private painter: ShaderPainter | null = null;
  private tried: Tried | null = null;
  /** The last shader that compiled, by effect. */
  private readonly good = new Map<string, ShaderSource>();

  /** @param redraw schedules drawing the view */
  constructor(
    private readonly model: AnyModel<Traits>,
    source: Source,
    private readonly background: BackgroundLayer,
    private readonly error: EffectError,
    private readonly redraw: () => void,
    signal: AbortSignal,
  ) {
    source.onEffectResult(
      model.get("_id"),
      {
        result: (effect, answered) => this.take(effect, answered),
        error: (effect, message) => this.fail(effect, message),
      },
      signal,
    );
    for (const name of ["view", "effect", "_effects"] as const)
      model.on(`change:${name}`, () => this.onEffectChanged());
    signal.addEventListener("abort", () => this.forget());
    this.onEffectChanged();
  }

  /**
   * The image to show instead of a result; null for built-in effects and other views.
   */
  imageOf(shown: Answered): ImageBitmap | OffscreenCanvas | null {
    if (this.model.get("view") !== "effect") return null;
    const effect = chosenEffect(this.model);
    if (!effect) {
      this.sayUnknown();
      return shown.image.bitmap;
    }
    if (effect.kind === "builtin") return null;
    // Until the first result of a Python effect, the frame is shown.
    if (!effect.shader) return shown.image.bitmap;
    return this.paint(effect, effect.shader, shown) ?? shown.image.bitmap;
  }

  private effect(): EffectSpec | null {
    return this.model.get("view") === "effect" ? chosenEffect(this.model) : null;
  }

  /**
   * Reset if another effect is chosen, or the effect's kind has changed.
   */
  private onEffectChanged(): void {
    const effect = this.effect();
    const now = effect && `${effect.kind} ${effect.name}`;
    if (now === this.drawn) return;
    this.drawn = now;
    this.forget();
    this.report("");
  }

  private sayUnknown(): void {
    const known = this.model.get("_effects").map(({ name }) => name);
    this.error.say(
      `There is no effect \u201c${this.model.get("effect")}\u201d. ${ORIGINAL}`,
      `Choose one of ${known.join(", ")}.`,
    );
  }

  private isDrawn(effect: string): boolean {
    const chosen = this.effect();
    return chosen?.name === effect && chosen.kind === "python";
  }

  private take(effect: string, answered: Answered): void {
    if (!this.isDrawn(effect)) return;
    this.made?.image.release();
    this.made = { ...answered, image: answered.image.hold() };
    this.error.clear();
    this.redraw();
  }

  private fail(effect: string, message: string): void {
    if (!this.isDrawn(effect)) return;
    const stays = this.made ? "Showing its last good image." : ORIGINAL;
    this.error.say(`The effect \u201c${effect}\u201d failed. ${stays}`, message);
  }

  private paint(
    { name, parameters }: EffectSpec,
    shader: ShaderSource,
    shown: Answered,
  ): OffscreenCanvas | null {
    const { model, error } = this;
    if (this.painter?.isLost) this.dispose();
    this.painter ??= ShaderPainter.create();
    const { painter } = this;
    if (!painter) {
      error.say(`The shader \u201c${name}\u201d cannot run.`, NO_WEBGL);
      this.report(NO_WEBGL);
      return null;
    }
    const wrong = this.compiled(painter, name, shader);
    const { width, height } = shown.image.bitmap;
    const drawn = painter.draw(shown, {
      threshold: model.get("threshold"),
      background: this.background.canvasOf(width, height) ?? this.background.color,
      parameters: parameters.map((spec) => ({ spec, value: settingOf(model, name, spec) })),
    });
    const stays = drawn ? "Still using the previous version." : ORIGINAL;
    if (wrong) error.say(`The shader \u201c${name}\u201d does not compile. ${stays}`, wrong);
    else error.clear();
    this.report(wrong);
    return drawn;
  }

  /**
   * Compile a shader once; if that fails, use the last good one of this effect. Return the
   * compiler's message.
   */
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

  /** Report a shader's error to Python. */
  private report(wrong: string): void {
    const { model } = this;
    if (model.get("_shader_error") === wrong) return;
    model.set("_shader_error", wrong);
    model.save_changes();
  }

  private forget(): void {
    this.made?.image.release();
    this.made = null;
    this.error.clear();
    this.dispose();
  }

  private dispose(): void {
    this.painter?.dispose();
    this.painter = null;
    this.tried = null;
  }
}
