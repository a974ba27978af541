import { z } from 'zod';
import type { Mask } from '../../vision/index.js';
import { pixelOutput, pixelsOf } from './pixel-outputs.js';
import type { Head } from './port.js';
import { ACTIVATIONS, checkRoles, sigmoid, type Activation } from './row-outputs.js';
import { parseSettings } from './settings.js';

/** Settings of {@link mask}. */
export const MaskSettings = z.strictObject({
  layout: z.enum(['packed', 'planar']).default('packed').describe('packed is [N, H, W, C], planar is [N, C, H, W].'),
  channel: z.int().min(0).default(0).describe('The channel that tells what is looked for.'),
  activation: z.enum(ACTIVATIONS).default('none').describe('From numbers to cover, 0 to 1; softmax is over the channels.'),
});

/** Cover of one pixel, whose channels lie `step` apart. */
function coverAt(data: Float32Array, at: number, channels: number, step: number, channel: number, activation: Activation): number {
  const raw = data[at + channel * step]!;
  if (activation === 'none') return raw;
  if (activation === 'sigmoid') return sigmoid(raw);
  let sum = 0;
  for (let c = 0; c < channels; c++) sum += Math.exp(data[at + c * step]! - raw);
  return 1 / sum;
}

/** Networks that tell of each pixel how much of it belongs to one thing, such as a person in front. */
export const mask: Head<Mask> = {
  type: 'mask',
  answers: 'mask',
  summary: 'How much each pixel belongs to one thing, such as a person: 0 to 255.',
  create(head, model) {
    const { layout, channel, activation } = parseSettings(MaskSettings, head);
    const output = pixelOutput(head, model, 'mask', layout, channel + 1);
    checkRoles(head, ['mask']);
    return {
      decode(outputs, row) {
        const { data, from, size, channels, channelStep, pixelStep } = pixelsOf(outputs, output, row);
        const values = new Uint8Array(size.width * size.height);
        for (let i = 0, at = from; i < values.length; i++, at += pixelStep) {
          const cover = coverAt(data, at, channels, channelStep, channel, activation);
          values[i] = Math.round(Math.min(1, Math.max(0, cover)) * 255);
        }
        return { kind: 'mask', size, values, meaning: 'cover' };
      },
    };
  },
};
