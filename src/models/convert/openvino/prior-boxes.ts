import { attribute, corrupt, unsupported, type IrLayer } from './ir-file.js';

/** Height and width. */
export type Extent = readonly [number, number];

/** Sizes of the boxes at one place, in pixels. */
type BoxSize = readonly [width: number, height: number];

/** Where boxes are put: their centres lie `stepX` and `stepY` pixels apart, the first at `offset` steps. */
interface Lattice {
  readonly boxes: readonly BoxSize[];
  readonly stepX: number;
  readonly stepY: number;
  readonly offset: number;
}

const same = (a: number, b: number): boolean => Math.abs(a - b) < 1e-6;

/** Width to height of the boxes beside the square one. */
function aspectRatios(layer: IrLayer): number[] {
  const flip = attribute.flag(layer, 'flip');
  const ratios: number[] = [];
  for (const ratio of attribute.floats(layer, 'aspect_ratio')) {
    if (!(ratio > 0)) corrupt(layer, `aspect_ratio ${ratio} must be above 0`);
    if (same(ratio, 1) || ratios.some((known) => same(known, ratio))) continue;
    ratios.push(ratio, ...(flip ? [1 / ratio] : []));
  }
  return ratios;
}

/** `PriorBox`: for each minimal size a square, one between it and the maximal size, and one of its area for each aspect ratio. */
function plainLattice(layer: IrLayer, grid: Extent, picture: Extent): Lattice {
  if (attribute.floats(layer, 'fixed_size').length > 0) unsupported(layer, 'its boxes have a fixed_size, which is not supported');
  if (!attribute.flag(layer, 'min_max_aspect_ratios_order', true)) unsupported(layer, 'min_max_aspect_ratios_order is false');
  const ratios = aspectRatios(layer);
  // Where sizes are not scaled each by itself, they and the step are fractions of the picture's height.
  const each = attribute.flag(layer, 'scale_all_sizes', true);
  const unit = each ? 1 : picture[0];
  const maximal = attribute.floats(layer, 'max_size');
  const minimal = attribute.floats(layer, 'min_size').map((size) => size * unit);
  const boxes = minimal.flatMap((size, i): BoxSize[] => {
    const largest = maximal[i];
    const middle = largest === undefined ? [] : [Math.sqrt(size * largest)];
    const base = each ? size : minimal[0]!;
    const shaped = each || i === minimal.length - 1 ? ratios : [];
    return [
      ...[size, ...middle].map((side): BoxSize => [side, side]),
      ...shaped.map((ratio): BoxSize => [base * Math.sqrt(ratio), base / Math.sqrt(ratio)]),
    ];
  });
  const given = attribute.float(layer, 'step', 0);
  const step = !each && given === -1 ? picture[0] / grid[0] : given * unit;
  if (step === 0) return { boxes, stepX: picture[1] / grid[1], stepY: picture[0] / grid[0], offset: 0.5 };
  return { boxes, stepX: step, stepY: step, offset: attribute.float(layer, 'offset', 0) };
}

/** `PriorBoxClustered`: boxes of the listed widths and heights. */
function clusteredLattice(layer: IrLayer, grid: Extent, picture: Extent): Lattice {
  const [widths, heights] = [attribute.floats(layer, 'width'), attribute.floats(layer, 'height')];
  if (widths.length !== heights.length) corrupt(layer, `has ${widths.length} widths and ${heights.length} heights`);
  const step = attribute.float(layer, 'step', 0);
  return {
    boxes: widths.map((width, i): BoxSize => [width, heights[i]!]),
    stepX: attribute.float(layer, 'step_w', 0) || step || picture[1] / grid[1],
    stepY: attribute.float(layer, 'step_h', 0) || step || picture[0] / grid[0],
    offset: attribute.float(layer, 'offset', 0),
  };
}

/**
 * Boxes of a `PriorBox` or `PriorBoxClustered` layer: corners as fractions of the picture, for each place of the grid row by row, then as many
 * variances. The rules are those of the operation's specification in OpenVINO (opset 1 and 8).
 * @throws Fault INPUT_CORRUPT when the number of boxes is not `length` / 4; UNSUPPORTED for a kind of box that is not made
 */
export function priorBoxes(layer: IrLayer, grid: Extent, picture: Extent, length: number): Float32Array<ArrayBuffer> {
  if ([...grid, ...picture].some((size) => !(size > 0))) corrupt(layer, `grid ${grid.join(' x ')} of picture ${picture.join(' x ')} is empty`);
  const { boxes, stepX, stepY, offset } = (layer.type === 'PriorBox' ? plainLattice : clusteredLattice)(layer, grid, picture);
  const made = grid[0] * grid[1] * boxes.length * 4;
  if (made !== length) corrupt(layer, `makes ${made} numbers, but declares ${length}`);
  const variances = attribute.floats(layer, 'variance');
  if (![0, 1, 4].includes(variances.length)) corrupt(layer, `has ${variances.length} variances; 1 or 4 are needed`);
  const clip = attribute.flag(layer, 'clip') ? (value: number) => Math.min(1, Math.max(0, value)) : (value: number) => value;
  const out = new Float32Array(length * 2);
  let at = 0;
  for (let row = 0; row < grid[0]; row++)
    for (let column = 0; column < grid[1]; column++) {
      const [x, y] = [(column + offset) * stepX, (row + offset) * stepY];
      for (const [width, height] of boxes) {
        out[at++] = clip((x - width / 2) / picture[1]);
        out[at++] = clip((y - height / 2) / picture[0]);
        out[at++] = clip((x + width / 2) / picture[1]);
        out[at++] = clip((y + height / 2) / picture[0]);
      }
    }
  for (; at < out.length; at++) out[at] = variances[at % 4] ?? variances[0] ?? 0.1;
  return out;
}
