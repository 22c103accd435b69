/** Draws custom effects: results of Python effects, and shaders. */
import type { Answered } from "../../source/worker/answered";
import type { EffectResults } from "../../source/worker/effect_result";
import type { EffectNews, Problem, ShownEffect } from "../effect_messages";
import type { BackgroundLayer } from "./background_layer";
import { ORIGINAL, ShaderDrawing } from "./shader_drawing";

export class CustomDrawing {
  /** The newest result of the chosen Python effect. */
  private fromPython: Answered | null = null;
  private effect: ShownEffect | null = null;
  private isOpen = false;
  private readonly shader: ShaderDrawing;
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
    background: BackgroundLayer,
    private readonly tell: (news: EffectNews) => void,
    private readonly redraw: () => void,
    signal: AbortSignal,
  ) {
    this.shader = new ShaderDrawing(background, this.report.bind(this), redraw);
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

  /** The result that is shown in place of the newest one; null where that is shown. */
  get made(): Answered | null {
    return this.fromPython ?? this.shader.made;
  }

  /** Whether the newest result is not shown, but a later one of Python's. */
  get waitsForPython(): boolean {
    return this.fromPython !== null;
  }

  /** Draw this effect from now on; null for other views. */
  show(effect: ShownEffect | null): void {
    const { effect: before, isOpen } = this;
    this.effect = effect;
    this.isOpen = true;
    this.shader.change();
    if (effect?.name === before?.name && effect?.kind === before?.kind) return;
    this.forget();
    this.report(null, "");
    // Someone has chosen it, which a view that is displayed once more is not.
    if (effect?.shader && isOpen) this.shader.forgive(effect.shader);
  }

  /** The page has changed what is behind people. */
  changeBackground(): void {
    this.shader.change();
  }

  /** Forget the newest result. */
  clear(): void {
    this.fromPython?.image.release();
    this.fromPython = null;
    this.shader.forget();
  }

  /**
   * Draw the chosen effect.
   *
   * @param answered the newest result
   * @param show shows an image
   * @returns whether the image now looks as it has to; null for built-in effects and other views,
   *   of which nothing is drawn
   */
  draw(
    answered: Answered,
    threshold: number,
    show: (image: ImageBitmap | OffscreenCanvas) => void,
  ): boolean | null {
    const { effect } = this;
    if (!effect || effect.kind === "builtin") return null;
    if (effect.shader) return this.shader.draw(effect, effect.shader, answered, threshold, show);
    // Until the first result of a Python effect, the frame is shown.
    show((this.fromPython ?? answered).image.bitmap);
    return true;
  }

  private isDrawn(effect: string): boolean {
    return this.effect?.name === effect && this.effect.kind === "python";
  }

  private take(effect: string, answered: Answered): void {
    if (!this.isDrawn(effect)) return;
    this.fromPython?.image.release();
    this.fromPython = { ...answered, image: answered.image.hold() };
    this.report(null, "");
    this.redraw();
  }

  private fail(effect: string, text: string): void {
    if (!this.isDrawn(effect)) return;
    const stays = this.fromPython ? "Showing its last good image." : ORIGINAL;
    this.report({ head: `The effect \u201c${effect}\u201d failed. ${stays}`, text }, "");
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
    this.fromPython?.image.release();
    this.fromPython = null;
    this.shader.close();
  }
}
