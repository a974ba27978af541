import { z } from 'zod';
import type { Size } from '../core/index.js';
import type { Line } from './port.js';

const PointSetting = z.tuple([z.number(), z.number()]).describe('[x, y], origin top-left.');

/** A line to watch. */
export const LineSettings = z
  .strictObject({
    from: PointSetting.describe('First point, [x, y]: crossing from left to right, as seen going from here to `to`, is `in`.'),
    to: PointSetting.describe('Last point, [x, y].'),
    units: z
      .enum(['fractions', 'pixels'])
      .default('fractions')
      .describe('Whether points are fractions of the picture (0 to 1) or pixels of the displayed frame.'),
    labels: z.array(z.string()).min(1).optional().describe('Count these classes only.'),
  })
  .superRefine(({ from, to, units }, context) => {
    if (from[0] === to[0] && from[1] === to[1])
      context.addIssue({ code: 'custom', path: ['to'], message: 'a line needs two different points; move `to` away from `from`' });
    for (const [name, point] of Object.entries({ from, to }))
      if (units === 'fractions' && point.some((value) => value < 0 || value > 1))
        context.addIssue({
          code: 'custom',
          path: [name],
          message: 'a fraction of the picture lies between 0 and 1; for pixels write `units: pixels`',
        });
  })
  .describe('A line from one point to another.');

/** The type of {@link LineSettings}. */
export type LineSettings = z.output<typeof LineSettings>;

/** Settings of a line counter. */
export const LineCounterSettings = z
  .strictObject({
    lines: z
      .record(z.string().min(1).max(64), LineSettings)
      .refine((lines) => Object.keys(lines).length > 0, 'name at least one line')
      .describe('Lines by name; the name is the line in the events.'),
  })
  .describe('Counts tracked objects that cross lines.');

/** The type of {@link LineCounterSettings}, defaults filled in. */
export type LineCounterSettings = z.output<typeof LineCounterSettings>;

/** The lines in pixels of a displayed frame of this size. */
export function resolveLines({ lines }: LineCounterSettings, { width, height }: Size): readonly Line[] {
  return Object.entries(lines).map(([name, { from, to, units }]) => {
    const [sx, sy] = units === 'fractions' ? [width, height] : [1, 1];
    return { name, from: { x: from[0] * sx, y: from[1] * sy }, to: { x: to[0] * sx, y: to[1] * sy } };
  });
}
