import type { Rect, Size } from '../../core/index.js';

/** What decides how a picture is cut up. */
export interface PassRules {
  /** What the network sees at a time, in pixels. */
  readonly tile: Size;
  /** Side of the smallest face that the network finds reliably, in its own pixels. */
  readonly detectable: number;
  /** Side of the smallest face that is to be found, in pixels of the picture. */
  readonly smallest: number;
}

/** How many times finer one level is than the one before, at most: the faces between the two must fit into the overlap of the finer one's tiles. */
const STEP = 4;

/** How much larger than the smallest face of one level those are that the next one still looks for: faces near the limit get two looks. */
const OVERLAP = 1.5;

/** Where windows of `length` begin so that they cover `whole`, evenly. */
function startsOf(whole: number, length: number, overlap: number): number[] {
  if (length >= whole) return [0];
  const count = Math.ceil((whole - overlap) / (length - overlap));
  return Array.from({ length: count }, (_, i) => Math.round((i * (whole - length)) / (count - 1)));
}

function tilesOf({ width, height }: Size, tile: Size, scale: number, overlap: number): Rect[] {
  const part = { width: Math.min(width, Math.floor(tile.width / scale)), height: Math.min(height, Math.floor(tile.height / scale)) };
  return startsOf(height, part.height, overlap).flatMap((y) => startsOf(width, part.width, overlap).map((x) => ({ x, y, ...part })));
}

/** A part of a picture to look at. */
export interface Pass {
  /** In pixels of the picture. */
  readonly region: Rect;
  /** Side of the largest face to look for, in pixels of the picture: larger ones are seen better, and whole, at a coarser level. */
  readonly largest: number;
}

/**
 * The parts of a picture to look at, each scaled into the network's tile: the whole first, which shows large faces, then, where small ones would
 * get lost in it, finer and finer tiles. Tiles overlap by as much as the largest face that is looked for in them, so that each is whole in one.
 */
export function planPasses(picture: Size, { tile, detectable, smallest }: PassRules): readonly Pass[] {
  const whole = Math.min(tile.width / picture.width, tile.height / picture.height);
  const finest = Math.min(1, detectable / smallest);
  const levels = whole >= finest ? 0 : Math.ceil(Math.log(finest / whole) / Math.log(STEP));
  const scaleOf = (level: number): number => whole * (finest / whole) ** (level / levels);
  const tiles = Array.from({ length: levels }, (_, level) => {
    const largest = Math.ceil((OVERLAP * detectable) / (level === 0 ? whole : scaleOf(level)));
    return tilesOf(picture, tile, scaleOf(level + 1), largest).map((region): Pass => ({ region, largest }));
  });
  return [{ region: { x: 0, y: 0, ...picture }, largest: Infinity }, ...tiles.flat()];
}
