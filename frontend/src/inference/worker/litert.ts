/** Networks on LiteRT.js, with WebAssembly on the processor: one thread, as in the kernel. */
import { type CompiledModel, type LiteRt, loadLiteRt, Tensor } from "@litertjs/core";
import type { Network, Networks, Shape } from "../network";

/** How LiteRT begins what is no error. */
const NEWS = /^(INFO|VERBOSE|WARNING)\b/;

/** What Emscripten's program looks for in the global scope. */
interface EmscriptenScope {
  Module?: { wasmBinary: ArrayBuffer; printErr(text: string): void };
}

/**
 * Start LiteRT.js; once in each worker.
 *
 * @param program its JavaScript
 * @param wasm its WebAssembly
 * @throws if the page's rules forbid WebAssembly, or the browser cannot run it
 */
export async function startLiteRt(program: Blob, wasm: ArrayBuffer): Promise<Networks> {
  const url = URL.createObjectURL(program);
  try {
    (globalThis as EmscriptenScope).Module = { wasmBinary: wasm, printErr: report };
    // LiteRT.js takes an address for that of a file only if it ends like one.
    const litert = await loadLiteRt(`${url}#.js`);
    return new LiteRtNetworks(litert);
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** Report what LiteRT calls an error, but not how it starts. */
function report(text: string): void {
  if (!NEWS.test(text)) reportError(new Error(text));
}

class LiteRtNetworks implements Networks {
  constructor(private readonly litert: LiteRt) {}

  async load(model: Uint8Array): Promise<Network> {
    return new LiteRtNetwork(await this.litert.loadAndCompile(model, { accelerator: "wasm" }));
  }
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
