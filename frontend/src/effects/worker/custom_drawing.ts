/** Draws custom effects: results of Python effects, and shaders. */
import { ShaderPainter } from "../../drawing/shader";
import type { ShaderSource } from "../../generated";
import type { Answered } from "../../source/worker/answered";
import type { EffectResults } from "../../source/worker/effect_result";
import type { EffectNews, Problem, ShownEffect } from "../effect_messages";
import type { BackgroundLayer } from "./background_layer";

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
  private effect: ShownEffect | null = null;
  /** Exists only while a shader is chosen: browsers allow few WebGL contexts. */
  private painter: ShaderPainter | null = null;
  private tried: Tried | null = null;
  /** The last shader that compiled, by effect. */
  private readonly good = new Map<string, ShaderSource>();
  /** What the page was told last. */
  private told = "";

  /**
   * @param view its id, for results of Python effects
   * @param tell tells the page of errors
   * @param redraw schedules drawing the view
   */
  constructor(
    view: string,
    effects: EffectResults,
    private readonly background: BackgroundLayer,
    private readonly tell: (news: EffectNews) => void,
    private readonly redraw: () => void,
    signal: AbortSignal,
  ) {
    effects.onResult(
      view,
      {
        result: (effect, answered) => this.take(effect, answered),
        error: (effect, message) => this.fail(effect, message),
      },
      signal,
    );
    signal.addEventListener("abort", () => this.forget());
  }

  /** Draw this effect from now on; null for other views. */
  show(effect: ShownEffect | null): void {
    const { effect: before } = this;
    this.effect = effect;
    if (effect?.name === before?.name && effect?.kind === before?.kind) return;
    this.forget();
    this.report(null, "");
  }

  /** Forget the newest result. */
  clear(): void {
    this.made?.image.release();
    this.made = null;
  }

  /** The image to show instead of a result; null for built-in effects and other views. */
  imageOf(shown: Answered, threshold: number): ImageBitmap | OffscreenCanvas | null {
    const { effect } = this;
    if (!effect || effect.kind === "builtin") return null;
    // Until the first result of a Python effect, the frame is shown.
    if (!effect.shader) return shown.image.bitmap;
    return this.paint(effect, effect.shader, shown, threshold) ?? shown.image.bitmap;
  }

  private isDrawn(effect: string): boolean {
    return this.effect?.name === effect && this.effect.kind === "python";
  }

  private take(effect: string, answered: Answered): void {
    if (!this.isDrawn(effect)) return;
    this.made?.image.release();
    this.made = { ...answered, image: answered.image.hold() };
    this.report(null, "");
    this.redraw();
  }

  private fail(effect: string, text: string): void {
    if (!this.isDrawn(effect)) return;
    const stays = this.made ? "Showing its last good image." : ORIGINAL;
    this.report({ head: `The effect \u201c${effect}\u201d failed. ${stays}`, text }, "");
  }

  private paint(
    { name, parameters }: ShownEffect,
    shader: ShaderSource,
    shown: Answered,
    threshold: number,
  ): OffscreenCanvas | null {
    if (this.painter?.isLost) this.dispose();
    this.painter ??= ShaderPainter.create();
    const { painter, background } = this;
    if (!painter) {
      const head = `The shader \u201c${name}\u201d cannot run.`;
      this.report({ head, text: NO_WEBGL }, NO_WEBGL);
      return null;
    }
    const wrong = this.compiled(painter, name, shader);
    const { width, height } = shown.image.bitmap;
    const drawn = painter.draw(shown, {
      threshold,
      background: background.canvasOf(width, height) ?? background.color,
      parameters,
    });
    const stays = drawn ? "Still using the previous version." : ORIGINAL;
    const head = `The shader \u201c${name}\u201d does not compile. ${stays}`;
    this.report(wrong ? { head, text: wrong } : null, wrong);
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

  /** Tell the page what is wrong, if it has not been told. */
  private report(problem: Problem | null, shader: string): void {
    const news: EffectNews = { kind: "problem", problem, shader };
    const text = JSON.stringify(news);
    if (text === this.told) return;
    this.told = text;
    this.tell(news);
  }

  private forget(): void {
    this.clear();
    this.dispose();
  }

  private dispose(): void {
    this.painter?.dispose();
    this.painter = null;
    this.tried = null;
  }
}
