/** Kinds of sources. */
import { type Origin, SAMPLES } from "../generated";

/** Those whose images the kernel has. */
export const IN_KERNEL: readonly Origin[] = ["file", "kernel camera", "python", ...SAMPLES];

/** Those that are switched off while nobody needs them; a shared screen could not be opened again. */
export const SWITCHED_OFF: readonly Origin[] = ["camera", "stream"];
