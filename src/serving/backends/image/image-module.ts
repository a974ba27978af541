import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ARRAY_OF, elementCount, fail, type Size, type Tensor, toFault } from '../../../core/index.js';
import { libavMedia, type Media } from '../../../media/index.js';
import { type Backend, type BackendOrder, type BackendRequest, type BackendResult, type PicturePlan, planPicture } from '../../../models/instance.js';
import { fit } from '../../../vision/index.js';
import { readOrder } from '../module-order.js';
import type { ImageOrder } from './image-order.js';
import { openPicture } from './opened-picture.js';

type Numbers = Float32Array | Uint16Array | Uint8Array;

class ImageModel implements Backend {
  readonly spec;
  readonly #media: Media = libavMedia();
  readonly #folder = mkdtempSync(join(tmpdir(), 'ocellus-image-'));
  readonly #plan: PicturePlan;
  #files = 0;

  constructor(readonly order: ImageOrder) {
    this.spec = order.spec;
    const { name, picture, output } = order;
    this.#plan = planPicture({ name, weights: { runtime: 'module', path: '' } }, picture, { inputs: [output], outputs: [] });
  }

  execute(requests: readonly BackendRequest[]): Promise<BackendResult[]> {
    return Promise.all(
      requests.map(async (request) => {
        try {
          return { outputs: await this.#outputs(request) };
        } catch (error) {
          return toFault(error, 'INTERNAL');
        }
      }),
    );
  }

  async #outputs({ inputs }: BackendRequest): Promise<Tensor[]> {
    const { input, output, hasBatch, size } = this.order;
    const given = inputs.find(({ name }) => name === input) ?? fail('INVALID_ARGUMENT', `the request has no input '${input}'`);
    const pictures = given.data as readonly Uint8Array[];
    const each = elementCount(this.#plan.shape);
    const numbers = new ARRAY_OF[output.datatype as 'FP32' | 'FP16' | 'UINT8'](pictures.length * each);
    const sizes: number[] = [];
    for (const [row, bytes] of pictures.entries()) {
      const { width, height } = await this.#decode(bytes, numbers, row * each);
      sizes.push(height, width);
    }
    const shaped = (dims: readonly number[]): number[] => (hasBatch ? [pictures.length, ...dims] : [...dims]);
    const picture = { name: output.name, datatype: output.datatype, shape: shaped(this.#plan.shape), data: numbers } as Tensor;
    if (!size) return [picture];
    const data = size.datatype === 'INT64' ? BigInt64Array.from(sizes, BigInt) : Int32Array.from(sizes);
    return [picture, { name: size.name, datatype: size.datatype, shape: shaped([2]), data } as Tensor];
  }

  /** Writes a picture's numbers at `at`; gives its own size. */
  async #decode(bytes: Uint8Array, into: Numbers, at: number): Promise<Size> {
    await using picture = await openPicture(this.#media, bytes, this.#folder, String(this.#files++));
    const { frame } = picture;
    const { request } = fit(frame.size, this.order.picture.fit);
    this.#plan.write(await frame.picture(request), into, at);
    return frame.size;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Opens a model that decodes pictures; what the engine calls in the model's thread. */
export function openRuntime({ weights }: BackendOrder): Backend {
  return new ImageModel(readOrder<ImageOrder>(weights.path));
}
