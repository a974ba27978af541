import type { PixelLayout, Size, Tensor } from '../../core/index.js';
import type { ModelSpec } from '../port.js';
import { floatsOf, mismatch, outputOf, type HeadOutput } from './outputs.js';
import type { HeadSpec } from './port.js';

/** An output of channels at each pixel. */
export interface PixelOutput extends HeadOutput {
  readonly layout: PixelLayout;
  /** Channels, or -1 where the shape leaves them open. */
  readonly channels: number;
}

/** The numbers of one picture: those of a pixel lie `channelStep` apart, those of neighbours `pixelStep`. */
export interface PixelNumbers {
  readonly data: Float32Array;
  /** Where the picture begins. */
  readonly from: number;
  readonly size: Size;
  readonly channels: number;
  readonly channelStep: number;
  readonly pixelStep: number;
}

const shapeWords = (layout: PixelLayout): string => (layout === 'packed' ? '[N, H, W, C]' : '[N, C, H, W]');

/** The output that plays `role`. @throws Fault as `outputOf`; MODEL_MISMATCH when it has no four axes, or fewer than `least` channels */
export function pixelOutput(head: HeadSpec, model: ModelSpec, role: string, layout: PixelLayout, least: number): PixelOutput {
  const expected = `${shapeWords(layout)} with ${least} channels or more`;
  const output = outputOf(head, model, role, expected);
  const channels = output.shape[layout === 'packed' ? 3 : 1] ?? 0;
  if (output.shape.length !== 4 || (channels >= 0 && channels < least)) mismatch(head, output, expected);
  return { ...output, layout, channels };
}

/** The numbers of picture `row` of a batch; a view that is good until the next run. */
export function pixelsOf(outputs: readonly Tensor[], output: PixelOutput, row: number): PixelNumbers {
  const [, a = 0, b = 0, c = 0] = outputs[output.at]!.shape;
  const [height, width, channels] = output.layout === 'packed' ? [a, b, c] : [b, c, a];
  const plane = height * width;
  const steps = output.layout === 'packed' ? { channelStep: 1, pixelStep: channels } : { channelStep: plane, pixelStep: 1 };
  return { data: floatsOf(outputs, output), from: row * plane * channels, size: { width, height }, channels, ...steps };
}
