/** Draws with a custom shader, in its own WebGL2 context. */
import {
  BODYPIX_KEYPOINT_NAMES,
  KEYPOINT_NAMES,
  MAX_SHADER_POSES,
  type ParameterSpec,
  type ShaderSource,
} from "../generated";
import type { Size } from "../kit/size";
import { lowestProbability, type Mask } from "../source/mask";
import type { Answered } from "../source/worker/answered";
import { type Color, parseColor } from "./color";
import {
  CompileError,
  makeTexture,
  NUMBERS,
  UNIT as PLANE_UNIT,
  PROBABILITY,
  Program,
} from "./program";
import { Target } from "./render_target";
import { releaseContext } from "./webgl_context";
import { NumberTexture } from "./webgl_numbers";

const UNIT = {
  frame: 0,
  probability: 1,
  previous: 2,
  background: 3,
  source: 4,
  bodyseg_labels: 6,
  bodyseg_people: 7,
};

/** The unit of the program that enlarges the mask to the frame. */
const MASK_UNIT = { probability: 5 };

/** Where a shader has each of BodyPix's keypoints. */
const BODYPIX_PLACES: readonly number[] = BODYPIX_KEYPOINT_NAMES.map((name) =>
  KEYPOINT_NAMES.indexOf(name),
);

const WHOLE_PROBABILITY = `${PROBABILITY}
in vec2 place;
out vec4 color;
void main() { color = vec4(probabilityAt(place)); }`;

/** A plane at the size of the frame, so that shaders look it up as all else. */
const WHOLE_PLANE = `${NUMBERS}
in vec2 place;
out vec4 color;
void main() { color = vec4(float(numberAt(place)) / 255.0); }`;

const COPY = `
uniform sampler2D source;
in vec2 place;
out vec4 color;
void main() { color = vec4(texture(source, place).rgb, 1.0); }`;

interface ShaderInputs {
  threshold: number;
  /** An image of the frame's size, or a color. */
  background: OffscreenCanvas | Color;
  parameters: readonly { spec: ParameterSpec; value: unknown }[];
}

/**
 * Explain a compiler's log with the lines of the source: `ERROR: 1:3: 'foo' : undeclared
 * identifier`.
 */
export function explain(log: string, source: string): string {
  const lines = source.split("\n");
  const said = log
    .replaceAll("\0", "")
    .split("\n")
    .filter((line) => line.trim());
  return said
    .map((line) => {
      const [, part, number, what] = /^\w+: (\d+):(-?\d+): (.*)$/.exec(line) ?? [];
      if (what === undefined) return line;
      if (part !== "1") return `In the name of a parameter: ${what}`;
      const text = lines[Number(number) - 1]?.trim();
      return `Line ${number}: ${what}${text ? `\n    ${text}` : ""}`;
    })
    .join("\n");
}

export class ShaderPainter {
  private program: Program | null = null;
  private readonly whole: Program;
  private readonly wholePlane: Program;
  private readonly numbers: NumberTexture;
  private readonly copy: Program;
  private readonly textures: WebGLTexture[];
  private readonly probability: Target;
  private readonly labels: Target;
  private readonly people: Target;
  /** The current and the previous output. */
  private drawing: Target;
  private previous: Target;
  private frame: number | null = null;
  private key = "";
  /** When the first frame was captured. */
  private begun: number | null = null;
  /** Passed once what was begun is drawn. */
  private fence: WebGLSync | null = null;

  private constructor(
    private readonly gl: WebGL2RenderingContext,
    private readonly canvas: OffscreenCanvas,
  ) {
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
    this.whole = new Program(gl, WHOLE_PROBABILITY, MASK_UNIT);
    this.wholePlane = new Program(gl, WHOLE_PLANE, PLANE_UNIT);
    this.numbers = new NumberTexture(gl);
    this.copy = new Program(gl, COPY, UNIT);
    this.textures = [
      makeTexture(gl, UNIT.frame, gl.LINEAR),
      makeTexture(gl, UNIT.background, gl.LINEAR),
      makeTexture(gl, MASK_UNIT.probability, gl.LINEAR),
    ];
    this.probability = new Target(gl, 1, UNIT.probability);
    this.labels = new Target(gl, 1, UNIT.bodyseg_labels);
    this.people = new Target(gl, 1, UNIT.bodyseg_people);
    this.drawing = new Target(gl, 4, UNIT.source);
    this.previous = new Target(gl, 4, UNIT.source);
  }

  /** Return null without WebGL2. */
  static create(): ShaderPainter | null {
    const canvas = new OffscreenCanvas(1, 1);
    const gl = canvas.getContext("webgl2", { antialias: false, depth: false });
    return gl && !gl.isContextLost() ? new ShaderPainter(gl, canvas) : null;
  }

  get isLost(): boolean {
    return this.gl.isContextLost();
  }

  /** Whether what was begun is drawn, as far as it was known when this task began. */
  get isDone(): boolean {
    const { gl, fence } = this;
    return fence === null || gl.clientWaitSync(fence, 0, 0) !== gl.TIMEOUT_EXPIRED;
  }

  /**
   * Use this shader, or keep the previous one if it does not compile.
   *
   * @returns the compiler's message; empty if it compiled
   */
  use(shader: ShaderSource): string {
    try {
      // `#line 1 1`: source string 1 is the custom shader.
      const text = `${shader.declarations}\n#line 1 1\n${shader.source}\n`;
      const program = new Program(this.gl, text, UNIT);
      this.program?.dispose();
      this.program = program;
    } catch (error) {
      if (!(error instanceof CompileError)) throw error;
      return explain(error.message, shader.source);
    }
    return "";
  }

  /**
   * Begin to draw a frame, without waiting; return false before any shader has compiled. Until it is
   * drawn, whatever reads from this context waits, and is not to be called: so does `show`.
   */
  begin(answered: Answered, inputs: ShaderInputs): boolean {
    const { gl, program } = this;
    if (!program) return false;
    const { image } = answered;
    const { width, height } = image.bitmap;
    // A frame that is shown again keeps its previous output.
    const isAgain = image.frame === this.frame || (!image.live && image.key === this.key);
    if (!isAgain) [this.drawing, this.previous] = [this.previous, this.drawing];
    this.frame = image.frame;
    this.key = image.key;
    this.begun ??= image.captured;
    this.upload(answered, inputs.background);
    // A previous output of another size is cleared.
    if (this.previous.width !== width || this.previous.height !== height) {
      this.previous.begin(width, height);
      gl.clearColor(0, 0, 0, 1);
      gl.clear(gl.COLOR_BUFFER_BIT);
    }
    this.previous.bind(UNIT.previous);
    this.drawing.begin(width, height);
    program.use();
    gl.uniform2f(program.at("size"), width, height);
    gl.uniform1f(program.at("time"), (image.captured - this.begun) / 1000);
    gl.uniform1f(program.at("threshold"), lowestProbability(inputs.threshold));
    gl.uniform1i(program.at("bodyseg_hasLabels"), answered.mask.labels ? 1 : 0);
    this.setLandmarks(program, answered);
    for (const { spec, value } of inputs.parameters) this.setParameter(program, spec, value);
    program.fillTexture(width, height);
    gl.deleteSync(this.fence);
    this.fence = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
    gl.flush();
    return true;
  }

  /** The image that was drawn, to be used at once. */
  show(): OffscreenCanvas {
    const { gl, canvas } = this;
    const { width, height } = this.drawing;
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
    }
    this.copy.use();
    this.drawing.bind(UNIT.source);
    this.copy.fill(width, height);
    return canvas;
  }

  dispose(): void {
    const { gl } = this;
    for (const each of [this.program, this.whole, this.wholePlane, this.copy]) each?.dispose();
    for (const each of [this.probability, this.labels, this.people, this.drawing, this.previous])
      each.dispose();
    this.numbers.dispose();
    for (const texture of this.textures) gl.deleteTexture(texture);
    releaseContext(gl);
  }

  private upload({ image, mask }: Answered, background: OffscreenCanvas | Color): void {
    const { gl, whole } = this;
    const { width, height } = image.bitmap;
    gl.activeTexture(gl.TEXTURE0 + UNIT.frame);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, gl.RGBA, gl.UNSIGNED_BYTE, image.bitmap);
    gl.activeTexture(gl.TEXTURE0 + UNIT.background);
    if (background instanceof OffscreenCanvas) {
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, gl.RGBA, gl.UNSIGNED_BYTE, background);
    } else {
      const pixel = Uint8Array.of(...background, 255);
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, 1, 1, 0, gl.RGBA, gl.UNSIGNED_BYTE, pixel);
    }
    gl.activeTexture(gl.TEXTURE0 + MASK_UNIT.probability);
    const { R8, RED, UNSIGNED_BYTE } = gl;
    gl.texImage2D(gl.TEXTURE_2D, 0, R8, mask.width, mask.height, 0, RED, UNSIGNED_BYTE, mask.data);
    this.probability.begin(width, height);
    whole.use();
    const { region } = mask;
    gl.uniform4f(whole.at("region"), region.left, region.top, region.width, region.height);
    whole.fillTexture(width, height);
    this.probability.bind(UNIT.probability);
    this.uploadPlane(mask, mask.labels, this.labels, image.bitmap);
    this.uploadPlane(mask, mask.people, this.people, image.bitmap);
    this.labels.bind(UNIT.bodyseg_labels);
    this.people.bind(UNIT.bodyseg_people);
  }

  /** Enlarge a plane to the frame; without one, it is 0. */
  private uploadPlane(mask: Mask, plane: Uint8Array | null, to: Target, size: Size): void {
    const { gl, wholePlane } = this;
    if (!plane) {
      to.begin(1, 1);
      gl.clearColor(0, 0, 0, 0);
      gl.clear(gl.COLOR_BUFFER_BIT);
      return;
    }
    to.begin(size.width, size.height);
    wholePlane.use();
    this.numbers.give(wholePlane, mask, plane, size);
    wholePlane.fillTexture(size.width, size.height);
  }

  private setLandmarks(program: Program, { poses, image }: Answered): void {
    const { gl } = this;
    const { width, height } = image.bitmap;
    const people = poses.slice(0, MAX_SHADER_POSES);
    gl.uniform1i(program.at("poses"), people.length);
    const all = new Float32Array(4 * KEYPOINT_NAMES.length * MAX_SHADER_POSES);
    people.forEach(({ keypoints }, person) => {
      // Those that a model does not have keep a score of 0.
      const places = keypoints.length === KEYPOINT_NAMES.length ? null : BODYPIX_PLACES;
      keypoints.forEach(({ x, y, z, score }, index) => {
        const place = places ? places[index] : index;
        if (place === undefined || place < 0) return;
        all.set(
          [x / width, y / height, z / width, score],
          4 * (KEYPOINT_NAMES.length * person + place),
        );
      });
    });
    gl.uniform4fv(program.at("landmarks"), all);
  }

  private setParameter(program: Program, spec: ParameterSpec, value: unknown): void {
    const { gl } = this;
    const at = program.at(spec.name);
    switch (spec.kind) {
      case "number":
        if (spec.whole) gl.uniform1i(at, Number(value));
        else gl.uniform1f(at, Number(value));
        return;
      case "switch":
        gl.uniform1i(at, value ? 1 : 0);
        return;
      case "choice":
        gl.uniform1i(at, (spec.options as readonly unknown[]).indexOf(value));
        return;
      case "color": {
        const [red, green, blue] = parseColor(String(value));
        gl.uniform3f(at, red / 255, green / 255, blue / 255);
      }
    }
  }
}
