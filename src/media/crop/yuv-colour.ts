/** How YUV bytes are meant. */
export interface YuvColour {
  /** Share of red and of blue in the brightness. */
  readonly red: number;
  readonly blue: number;
  /** True where brightness goes from 0 to 255 instead of 16 to 235. */
  readonly full: boolean;
}

/** ITU-R BT.601. */
export const BT601 = { red: 0.299, blue: 0.114 } as const;
/** ITU-R BT.709. */
export const BT709 = { red: 0.2126, blue: 0.0722 } as const;
/** ITU-R BT.2020, not constant luminance. */
export const BT2020 = { red: 0.2627, blue: 0.0593 } as const;

/** RGB as sums of Y, U, V and a constant. */
export interface RgbSums {
  /** Factor of Y in each. */
  readonly y: number;
  readonly redV: number;
  readonly greenU: number;
  readonly greenV: number;
  readonly blueU: number;
  /** Added to Y alone, for a picture without colour. */
  readonly gray: number;
  readonly red: number;
  readonly green: number;
  readonly blue: number;
}

/** The way from YUV of 0 to 255 to RGB of 0 to 255. */
export function rgbSums({ red, blue, full }: YuvColour): RgbSums {
  const y = full ? 1 : 255 / 219;
  const chroma = full ? 1 : 255 / 224;
  const green = 1 - red - blue;
  const redV = 2 * (1 - red) * chroma;
  const blueU = 2 * (1 - blue) * chroma;
  const greenU = (-blueU * blue) / green;
  const greenV = (-redV * red) / green;
  const gray = full ? 0 : -16 * y;
  return { y, redV, greenU, greenV, blueU, gray, red: gray - 128 * redV, green: gray - 128 * (greenU + greenV), blue: gray - 128 * blueU };
}
