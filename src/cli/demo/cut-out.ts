import { type Point, type Size, fail } from '../../core/index.js';
import type { Media } from '../../media/index.js';
import type { ModelHost } from '../../models/index.js';
import { type Alpha, enlarge, keepLargest, personColours, refineMask, sharpen } from './matte.js';
import type { Person } from './people.js';

/** A person without background: [H, W, 4] FP32, red, green and blue from 0 to 255 not multiplied by alpha, alpha from 0 to 1. */
export interface CutOut {
  readonly person: Person;
  readonly size: Size;
  readonly rgba: Float32Array;
}

/** Height that a crop is worked on at, in pixels: half as much again as the nearest walker takes in the scene. */
const WORKING_HEIGHT = 420;

interface Pictures {
  readonly size: Size;
  readonly rgb: Uint8Array;
  /** The crop as the segmentation net wants it. */
  readonly input: Uint8Array<ArrayBuffer>;
}

async function readCrop(media: Media, path: string, { crop }: Person, host: ModelHost): Promise<Pictures> {
  const { fit } = host.definition.picture!;
  const height = Math.min(WORKING_HEIGHT, crop.height);
  const size = { width: Math.round((crop.width * height) / crop.height), height };
  await using source = await media.open(path);
  for await (const frame of source.frames()) {
    using held = frame;
    const rgb = await held.render({ size, order: 'rgb', layout: 'packed', source: crop });
    const input = await held.render({ size: fit.size, order: fit.order, layout: fit.layout, source: crop });
    return { size, rgb, input };
  }
  return fail('INPUT_CORRUPT', `${path}: holds no picture`);
}

/** The person's mask as the net gives it: a value from 0 to 1 for each pixel of its input. */
async function segment(host: ModelHost, input: Uint8Array<ArrayBuffer>): Promise<{ size: Size; values: Float32Array }> {
  const { size, layout, order } = host.definition.picture!.fit;
  const channels = order === 'gray' ? 1 : 3;
  const shape = layout === 'planar' ? [1, channels, size.height, size.width] : [1, size.height, size.width, channels];
  const { results } = await host.execute([{ inputs: [{ name: 'picture', datatype: 'UINT8', shape, data: input }], answer: 'tensors' }]);
  const result = results[0]!;
  if ('fault' in result) return fail(result.fault.code, result.fault.message);
  if (!('outputs' in result)) return fail('INTERNAL', `${host.definition.name}: a network put its answer off`);
  const mask = result.outputs.find(({ data }) => data.length === size.width * size.height);
  if (!mask || mask.datatype !== 'FP32')
    return fail('MODEL_MISMATCH', `${host.definition.name}: no output is a mask of ${size.width}x${size.height} FP32 values`);
  return { size, values: mask.data };
}

/** Whether a point lies inside a polygon: even-odd rule. */
export function isInside({ x, y }: Point, polygon: readonly Point[]): boolean {
  let inside = false;
  for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i++) {
    const [a, b] = [polygon[i]!, polygon[j]!];
    if (a.y > y !== b.y > y && x < ((b.x - a.x) * (y - a.y)) / (b.y - a.y) + a.x) inside = !inside;
  }
  return inside;
}

function within(mask: Alpha, { width, height }: Size, outline: readonly Point[] | undefined): Alpha {
  if (!outline) return mask;
  return mask.map((value, i) => (isInside({ x: ((i % width) + 0.5) / width, y: (Math.floor(i / width) + 0.5) / height }, outline) ? value : 0));
}

/** Cuts a person out of their photograph at `path`. @throws Fault as `Media.open`, MODEL_MISMATCH */
export async function cutOut(person: Person, path: string, media: Media, host: ModelHost): Promise<CutOut> {
  const { size, rgb, input } = await readCrop(media, path, person, host);
  const coarse = await segment(host, input);
  const mask = within(sharpen(enlarge(coarse.values, coarse.size, size), 0.2, 0.8), size, person.outline);
  const refined = refineMask(mask, rgb, size, { radius: Math.round(size.height / 70), epsilon: 1e-4 });
  const alpha = keepLargest(sharpen(refined, 0.25, 0.9), size);
  const colours = personColours(rgb, alpha, size);
  const rgba = new Float32Array(alpha.length * 4);
  for (let i = 0; i < alpha.length; i++) {
    rgba.set(colours.subarray(i * 3, i * 3 + 3), i * 4);
    rgba[i * 4 + 3] = alpha[i]!;
  }
  return { person, size, rgba };
}
