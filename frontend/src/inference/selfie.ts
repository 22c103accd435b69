/**
 * MediaPipe's selfie segmentation, stage by stage as `segmentation/selfie.py`: the image is
 * stretched to the network's input, and the network returns a probability for each pixel.
 */
import { inLevels } from "./levels";
import { type Network, sizeOf } from "./network";
import type { Found, Pipeline } from "./pipeline";
import { type Picture, SHARES, stretched, warp } from "./warp";

export class SelfiePipeline implements Pipeline {
  private readonly height: number;
  private readonly width: number;
  private readonly input: Float32Array;

  /** @param network disposed with this object */
  constructor(private readonly network: Network) {
    const [, height = 0, width = 0] = network.input;
    this.height = height;
    this.width = width;
    this.input = new Float32Array(sizeOf(network.input));
  }

  async run(picture: Picture): Promise<Found> {
    const { network, width, height, input } = this;
    const placement = stretched(picture, width, height);
    warp(picture, placement, { width, height }, { border: "replicate", values: SHARES }, input);
    const [probability] = await network.run(input);
    if (!probability) throw new Error("the network returned nothing");
    return {
      levels: inLevels(probability),
      shape: [height, width],
      region: [0, 0, picture.width, picture.height],
      poses: [],
      planes: [],
    };
  }

  reset(): void {
    // No state is kept between images.
  }

  dispose(): void {
    this.network.dispose();
  }
}
