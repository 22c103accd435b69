/** The models that can run in a page. */
import { createBodyPix } from "./bodypix/bodypix";
import type { LocalModel } from "./inference_messages";
import type { Networks } from "./network";
import type { Pipeline } from "./pipeline";
import { createBlazePose } from "./pose/blazepose";
import { SelfiePipeline } from "./selfie";

interface Kind {
  /** The names of the files of a variant. */
  files(modelType: string): string[];
  /** Load it from the contents of its files. */
  create(networks: Networks, files: Uint8Array[], modelType: string): Promise<Pipeline>;
}

const KINDS: Readonly<Record<string, Kind>> = {
  MediaPipeSelfieSegmentation: {
    files: (modelType) => [`selfie_${modelType}`],
    async create(networks, [file]) {
      if (!file) throw new Error("its file is missing");
      return new SelfiePipeline(await networks.loadFastest(file));
    },
  },
  BlazePose: {
    files: (modelType) => ["pose_detector", `pose_${modelType}`],
    create: createBlazePose,
  },
  BodyPix: {
    files: (modelType) => [`bodypix_${modelType}`],
    create: createBodyPix,
  },
};

function kindOf({ model }: LocalModel): Kind {
  const kind = KINDS[model];
  if (!kind) throw new Error(`${model} cannot run in a page`);
  return kind;
}

/** The names of a model's files. */
export function filesOf(model: LocalModel): string[] {
  return kindOf(model).files(model.model_type);
}

/** Load a model from the contents of its files. */
export function createPipeline(
  model: LocalModel,
  networks: Networks,
  files: Uint8Array[],
): Promise<Pipeline> {
  return kindOf(model).create(networks, files, model.model_type);
}
