import { InvalidArgumentError } from 'commander';

/** `person,car` @throws InvalidArgumentError when it names nothing */
export function list(text: string): string[] {
  const items = text
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean);
  if (items.length === 0) throw new InvalidArgumentError('name at least one, such as person,car');
  return items;
}

/** A number from `least` to `most`. @throws InvalidArgumentError, which commander tells with the option's name */
export const number =
  (least: number, most: number, whole = false) =>
  (text: string): number => {
    const value = Number(text);
    if (text.trim() === '' || !(value >= least && value <= most) || (whole && !Number.isInteger(value)))
      throw new InvalidArgumentError(`must be a ${whole ? 'whole ' : ''}number from ${least} to ${most}`);
    return value;
  };

/** One more value of an option that may be repeated. */
export const more = (text: string, before: readonly string[] = []): string[] => [...before, text];

/** A line as the command line names it. */
export interface LineOption {
  readonly name: string;
  readonly from: readonly [number, number];
  readonly to: readonly [number, number];
  readonly units: 'fractions' | 'pixels';
}

/** One more `--line`: `0,0.5,1,0.5` or `door=120,400,520,400`; numbers all up to 1 are fractions of the picture. @throws InvalidArgumentError */
export function addLine(text: string, before: readonly LineOption[] = []): readonly LineOption[] {
  const [, name = before.length === 0 ? 'line' : `line-${before.length + 1}`, corners = ''] = /^(?:([A-Za-z][\w-]*)=)?(.*)$/.exec(text) ?? [];
  const numbers = corners.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  const [x1, y1, x2, y2] = numbers;
  if (numbers.length !== 4 || numbers.some((value) => !Number.isFinite(value) || value < 0))
    throw new InvalidArgumentError('write x1,y1,x2,y2 or name=x1,y1,x2,y2, in fractions of the picture (0,0.5,1,0.5) or in pixels');
  if (before.some((line) => line.name === name)) throw new InvalidArgumentError(`there are two lines called ${name}`);
  const units = numbers.every((value) => value <= 1) ? 'fractions' : 'pixels';
  return [...before, { name, from: [x1!, y1!], to: [x2!, y2!], units }];
}
