import { interpolateInferno } from 'd3-scale-chromatic';
import { type FrameMeta, type Size, toMs } from '../core/index.js';
import { anchorOf, sightings } from './sighting.js';

/** A picture with transparency: `rgba` has four bytes a pixel, row by row, colours not premultiplied. */
export interface RgbaPicture {
  readonly size: Size;
  readonly rgba: Uint8Array;
}

/** Where objects were, by label, in cells of the picture. */
export interface HeatMap {
  /** The next frame of the stream, tracks included. */
  update(meta: FrameMeta): void;
  /** Labels seen so far. */
  labels(): readonly string[];
  /** Seconds that objects stood in each cell, row by row; of all labels when none is named. Undefined before the first frame. */
  seconds(label?: string): HeatGrid | undefined;
}

/** Seconds by cell. */
export interface HeatGrid {
  readonly size: Size;
  readonly seconds: Float64Array;
}

/** A heat map's settings. */
export interface HeatMapOptions {
  /** Cells along the picture's longer side. */
  readonly cells?: number;
}

/** Labels told apart; those that appear later are put together. */
const MOST_LABELS = 32;
const OTHERS = 'others';

/** A frame stands for the time since the one before it, up to this: a gap in a live stream is not standing. */
const LONGEST_FRAME_MS = 1000;

/**
 * Accumulates for how long the anchors of tracked objects were in each cell of a small grid. Time and not frames are counted, so
 * that dropped frames and changes of frame rate weigh nothing. Memory: one grid a label.
 */
export function createHeatMap({ cells = 96 }: HeatMapOptions = {}): HeatMap {
  const grids = new Map<string, Float64Array>();
  let size: Size | undefined;
  let lastMs: number | undefined;

  const gridOf = (label: string, { width, height }: Size): Float64Array => {
    const name = grids.has(label) || grids.size < MOST_LABELS ? label : OTHERS;
    const grid = grids.get(name) ?? new Float64Array(width * height);
    grids.set(name, grid);
    return grid;
  };

  return {
    update(meta) {
      const { width, height } = meta.size;
      const scale = cells / Math.max(width, height);
      size ??= { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
      const timeMs = toMs(meta.pts);
      const lastedMs = lastMs === undefined ? 0 : Math.min(LONGEST_FRAME_MS, Math.max(0, timeMs - lastMs));
      lastMs = timeMs;
      for (const { object } of sightings(meta)) {
        const { x, y } = anchorOf(object.box);
        const column = Math.min(size.width - 1, Math.max(0, Math.floor((x / width) * size.width)));
        const row = Math.min(size.height - 1, Math.max(0, Math.floor((y / height) * size.height)));
        gridOf(object.label, size)[row * size.width + column]! += lastedMs / 1000;
      }
    },
    labels: () => [...grids.keys()],
    seconds(label) {
      if (size === undefined) return undefined;
      const seconds = new Float64Array(size.width * size.height);
      for (const [name, grid] of grids) if (label === undefined || label === name) grid.forEach((value, cell) => (seconds[cell]! += value));
      return { size, seconds };
    },
  };
}

/** Weights of a blur over seven cells (Pascal's row, close to a Gaussian of 1.2 cells): feet tremble by about a cell. */
const KERNEL = [1, 6, 15, 20, 15, 6, 1].map((weight) => weight / 64);

function blurred(values: Float64Array, { width, height }: Size, step: 'row' | 'column'): Float64Array {
  const out = new Float64Array(values.length);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      KERNEL.forEach((weight, k) => {
        const [nx, ny] = step === 'row' ? [x + k - 3, y] : [x, y + k - 3];
        if (nx >= 0 && nx < width && ny >= 0 && ny < height) out[y * width + x]! += weight * values[ny * width + nx]!;
      });
  return out;
}

/** The least value that is drawn fully, as a share of all cells that are not empty: one thing that stands still does not outshine every path. */
const FULL_AT = 0.985;

/** Below this value a cell is left clear. */
const CLEAR_BELOW = 0.06;

const HEX = /^#(..)(..)(..)$/;
const PALETTE: readonly (readonly number[])[] = Array.from({ length: 256 }, (_, n) =>
  // The lower fifth of the map is near black and would darken the scene.
  HEX.exec(interpolateInferno(0.2 + (0.8 * n) / 255))!
    .slice(1)
    .map((part) => Number.parseInt(part, 16)),
);

/**
 * Draws a grid as a picture of one pixel a cell, to be laid over the scene and stretched smoothly: clear where nobody was, from
 * purple over orange to yellow with the square root of time. The colours are matplotlib's inferno, whose lightness rises evenly
 * with the value, so that it reads right in grey and to colour-blind eyes too.
 */
export function renderHeat({ size, seconds }: HeatGrid): RgbaPicture {
  const smooth = blurred(blurred(seconds, size, 'row'), size, 'column').map((value) => Math.sqrt(value));
  const filled = smooth.filter((value) => value > 0).toSorted();
  const full = filled[Math.min(filled.length - 1, Math.floor(filled.length * FULL_AT))] ?? 1;
  const rgba = new Uint8Array(size.width * size.height * 4);
  smooth.forEach((value, cell) => {
    const share = Math.min(1, value / full);
    if (share < CLEAR_BELOW) return;
    const [red, green, blue] = PALETTE[Math.round(share * 255)]!;
    rgba.set([red!, green!, blue!, Math.round(255 * Math.min(0.88, 0.25 + share))], cell * 4);
  });
  return { size, rgba };
}
