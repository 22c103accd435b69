/** Kinds of sources. */
import { type Origin, SAMPLES } from "../generated";

/** Those whose images the kernel has. */
export const IN_KERNEL: readonly Origin[] = ["file", "kernel camera", "python", ...SAMPLES];
