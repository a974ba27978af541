import { InvalidArgumentError } from 'commander';

const MOST_LEVELS = 1000;

/** `1:16:2` (from, to, step), `4:8` (step 1) or `4`, as the levels to measure. @throws InvalidArgumentError */
export function range(text: string): readonly number[] {
  const [from, to = from, step = 1, ...more] = text.split(':').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  if (
    more.length > 0 ||
    from === undefined ||
    to === undefined ||
    ![from, to, step].every((value) => value > 0 && Number.isFinite(value)) ||
    to < from
  )
    throw new InvalidArgumentError('write START:END:STEP, such as 1:16:2, in numbers above 0, or one number');
  const count = Math.floor((to - from) / step + 1e-9) + 1;
  if (count > MOST_LEVELS) throw new InvalidArgumentError(`${count} levels are too many; use a larger step`);
  return Array.from({ length: count }, (_, at) => from + at * step);
}

/** {@link range} of whole numbers. @throws InvalidArgumentError */
export function wholeRange(text: string): readonly number[] {
  const levels = range(text);
  if (!levels.every(Number.isInteger)) throw new InvalidArgumentError('must be whole numbers');
  return levels;
}

/** The shape of one input, as the command line gives it. */
export type Shapes = Readonly<Record<string, readonly number[]>>;

/** One more `NAME:2,3`. @throws InvalidArgumentError */
export function addShape(text: string, before: Shapes = {}): Shapes {
  const at = text.lastIndexOf(':');
  const sizes = text
    .slice(at + 1)
    .split(',')
    .map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  if (at <= 0 || !sizes.every((size) => Number.isInteger(size) && size > 0))
    throw new InvalidArgumentError('write NAME:SIZE,SIZE,..., such as images:224,224,3');
  return { ...before, [text.slice(0, at)]: sizes };
}
