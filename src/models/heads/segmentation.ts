import { z } from 'zod';
import type { Mask } from '../../vision/index.js';
import { mismatch } from './outputs.js';
import { pixelOutput, pixelsOf, type PixelNumbers } from './pixel-outputs.js';
import type { Head } from './port.js';
import { checkRoles } from './row-outputs.js';
import { parseSettings } from './settings.js';

/** Settings of {@link segmentation}. */
export const SegmentationSettings = z.strictObject({
  layout: z.enum(['packed', 'planar']).default('packed').describe('packed is [N, H, W, C], planar is [N, C, H, W].'),
});

function bestChannel({ data, channels, channelStep }: PixelNumbers, at: number): number {
  let best = 0;
  let top = data[at]!;
  for (let c = 1, i = at + channelStep; c < channels; c++, i += channelStep)
    if (data[i]! > top) {
      top = data[i]!;
      best = c;
    }
  return best;
}

/** Semantic segmentation: a score for each class at each pixel, of which the best wins; the first wins a tie. */
export const segmentation: Head<Mask> = {
  type: 'segmentation',
  answers: 'mask',
  summary: 'The class of each pixel: the best of the scores that the network gives every class there.',
  create(head, model) {
    const { layout } = parseSettings(SegmentationSettings, head);
    const output = pixelOutput(head, model, 'scores', layout, 2);
    if (output.channels > 256) mismatch(head, output, 'at most 256 classes, since a class id is kept in a byte');
    checkRoles(head, ['scores']);
    return {
      ...(output.channels > 0 ? { classes: output.channels } : {}),
      decode(outputs, row) {
        const pixels = pixelsOf(outputs, output, row);
        const { size, from, pixelStep } = pixels;
        const values = new Uint8Array(size.width * size.height);
        for (let i = 0, at = from; i < values.length; i++, at += pixelStep) values[i] = bestChannel(pixels, at);
        return { kind: 'mask', size, values, meaning: 'classes' };
      },
    };
  },
};
