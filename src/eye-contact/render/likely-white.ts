/** A pixel that may be white of an eye. */
export interface WhitePixel {
  /** Its place in the region. */
  readonly at: number;
  /** Its brightness. */
  readonly level: number;
  /** Its red over its green. */
  readonly warmth: number;
}

/** What is darker than this part of the bright ones is lash, fold or skin. */
const DARKEST = 0.3;
/** What is redder than the bright ones by more than this is skin or corner. */
const REDDEST = 1.17;

const middleOf = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

/** Those of some pixels that are white of the eye rather than lids that the tracked edges let in: the bright ones among them say what is white. */
export function likelyWhite(pixels: readonly WhitePixel[]): readonly WhitePixel[] {
  if (pixels.length === 0) return pixels;
  const bright = pixels.toSorted((a, b) => b.level - a.level).slice(0, Math.ceil(pixels.length / 3));
  const [level, warmth] = [middleOf(bright.map((pixel) => pixel.level)), middleOf(bright.map((pixel) => pixel.warmth))];
  return pixels.filter((pixel) => pixel.level > Math.max(12, DARKEST * level) && pixel.warmth < REDDEST * warmth);
}
