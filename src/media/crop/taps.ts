/** Which samples along one axis each pixel is made of, and how much of each. Every pixel has the same number of taps, some of weight 0. */
export interface Taps {
  readonly count: number;
  /** The first sample of each pixel. */
  readonly first: Int32Array;
  /** `count` weights for each pixel; those of a pixel add up to 1. */
  readonly weights: Float32Array;
}

/** A stretch of samples that becomes pixels. Sample `i` lies from i to i + 1, so that edges and widths may be fractions. */
export interface Stretch {
  readonly start: number;
  readonly length: number;
  /** The first and last sample that may be read; beyond them their value goes on. */
  readonly least: number;
  readonly most: number;
}

/**
 * Taps that make `pixels` of a stretch: where there are more samples than pixels, each pixel is the mean of what it covers; where there are
 * fewer, pixels lie on the straight line between the samples beside them.
 */
export function taps({ start, length, least, most }: Stretch, pixels: number): Taps {
  const step = length / pixels;
  const wide = step > 1;
  const count = Math.min(wide ? Math.ceil(step) + 1 : 2, most - least + 1);
  const first = new Int32Array(pixels);
  const weights = new Float32Array(pixels * count);
  for (let pixel = 0; pixel < pixels; pixel++) {
    const from = wide ? start + pixel * step : start + (pixel + 0.5) * step - 0.5;
    const to = from + (wide ? step : 1);
    const base = Math.max(least, Math.min(Math.floor(from), most - count + 1));
    first[pixel] = base;
    // A pixel between two samples takes from each as much as a window of one sample's width covers of it.
    for (let sample = Math.floor(from); sample < to; sample++) {
      const covered = Math.min(to, sample + 1) - Math.max(from, sample);
      weights[pixel * count + Math.max(least, Math.min(sample, most)) - base]! += covered / (to - from);
    }
  }
  return { count, first, weights };
}

/** Taps that take each pixel from the one sample that it lies in, where samples lie `apart` pixels from each other. */
export function nearest(start: number, pixels: number, apart: number): Taps {
  return {
    count: 1,
    first: Int32Array.from({ length: pixels }, (_, pixel) => Math.floor((start + pixel) / apart)),
    weights: new Float32Array(pixels).fill(1),
  };
}
