/**
 * Networks on LiteRT.js: with WebAssembly on the processor, in one thread, as in the kernel; or with
 * WebGPU on the graphics card, in 32 bits, which is what the processor computes with.
 */
import { type CompiledModel, type LiteRt, loadLiteRt, Tensor } from "@litertjs/core";
import type { Backends } from "../accelerated";
import { FORBIDDEN } from "../forbidden";
import type { RunningOn } from "../inference_messages";
import type { Network, Shape } from "../network";

/** How LiteRT begins what is no error. */
const NEWS = /^(INFO|VERBOSE|WARNING)\b/;

/** The smallest module of WebAssembly. */
const EMPTY_MODULE = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

/** What Emscripten's program looks for in the global scope. */
interface EmscriptenScope {
  Module?: { wasmBinary: ArrayBuffer; printErr(text: string): void };
}

/**
 * Start LiteRT.js; once in each worker.
 *
 * @param program its JavaScript
 * @param wasm its WebAssembly
 * @param card whether to look for a graphics card
 * @throws if the page's rules forbid WebAssembly, or the browser cannot run it
 */
export async function startLiteRt(
  program: Blob,
  wasm: ArrayBuffer,
  { card }: { card: boolean },
): Promise<Backends> {
  // LiteRT.js asks for one wherever there is WebGPU, and a faulty one may never answer.
  if (!card) Object.defineProperty(navigator, "gpu", { value: undefined, configurable: true });
  requireWebAssembly();
  // Firefox runs no script of another type.
  const url = URL.createObjectURL(new Blob([program], { type: "text/javascript" }));
  try {
    (globalThis as EmscriptenScope).Module = { wasmBinary: wasm, printErr: report };
    // LiteRT.js takes an address for that of a file only if it ends like one.
    const litert = await loadLiteRt(`${url}#.js`);
    return backendsOf(litert);
  } catch (error) {
    // What comes of a script that must not be imported.
    throw error instanceof DOMException ? new Error(FORBIDDEN, { cause: error }) : error;
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** @throws if the page's rules forbid it, which LiteRT.js would not say */
function requireWebAssembly(): void {
  try {
    new WebAssembly.Module(EMPTY_MODULE);
  } catch (error) {
    throw new Error(FORBIDDEN, { cause: error });
  }
}

/** Report what LiteRT calls an error, but not how it starts. */
function report(text: string): void {
  if (!NEWS.test(text)) reportError(new Error(text));
}

function backendsOf(litert: LiteRt): Backends {
  const load = async (model: Uint8Array, accelerator: RunningOn) => {
    const compiled = await litert.loadAndCompile(model, {
      accelerator,
      gpuOptions: { precision: "fp32" },
    });
    // What the card cannot run whole, LiteRT.js runs on the processor instead.
    const isWhole = compiled.options.accelerator === accelerator && compiled.isFullyAccelerated;
    if (accelerator === "webgpu" && !isWhole) {
      compiled.delete();
      throw new Error("it lacks some of its operators");
    }
    return new LiteRtNetwork(compiled);
  };
  return {
    onProcessor: (model) => load(model, "wasm"),
    onCard: litert.getWebGpuDevice() && ((model) => load(model, "webgpu")),
  };
}

class LiteRtNetwork implements Network {
  readonly input: Shape;
  readonly outputs: readonly Shape[];
  private running: Promise<unknown> = Promise.resolve();
  private disposed = false;

  constructor(private readonly model: CompiledModel) {
    const [input] = model.getInputDetails();
    if (!input) throw new Error("the network has no input");
    this.input = [...input.shape];
    this.outputs = model.getOutputDetails().map(({ shape }) => [...shape]);
  }

  run(input: Float32Array): Promise<Float32Array[]> {
    const outputs = this.runOnce(input);
    this.running = outputs.catch(() => null);
    return outputs;
  }

  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    void this.running.then(() => this.model.delete());
  }

  private async runOnce(input: Float32Array): Promise<Float32Array[]> {
    const tensor = new Tensor(input, [...this.input]);
    let tensors: Tensor[] = [];
    try {
      tensors = await this.model.run([tensor]);
      return await Promise.all(tensors.map(numbersOf));
    } finally {
      tensor.delete();
      for (const each of tensors) each.delete();
    }
  }
}

async function numbersOf(tensor: Tensor): Promise<Float32Array> {
  const numbers = await tensor.data();
  if (!(numbers instanceof Float32Array)) throw new Error("the network returns no float32");
  return numbers;
}
