import type { VideoInfo } from '../port.js';

/** How the coded picture is brought upright: mirrored first, then turned clockwise. */
export interface Orientation {
  readonly rotation: VideoInfo['rotation'];
  readonly mirrored: boolean;
}

/** The orientation of a picture without a display matrix. */
export const UPRIGHT: Orientation = Object.freeze({ rotation: 0, mirrored: false });

/**
 * Reads a display matrix: nine 32-bit integers in row order, of which a b / c d (16.16 fixed point) turn the picture. Angles between
 * quarters go to the nearest quarter.
 */
export function orientationOf(matrix: Buffer | null | undefined): Orientation {
  if (!matrix || matrix.length < 36) return UPRIGHT;
  const [a, b, c, d] = [0, 4, 12, 16].map((at) => matrix.readInt32LE(at) / 65536) as [number, number, number, number];
  const mirrored = a * d - b * c < 0;
  const turn = Math.atan2(b, mirrored ? -a : a) * (180 / Math.PI);
  const clockwise = mirrored ? -turn : turn;
  const rotation = ((Math.round(clockwise / 90) * 90 + 360) % 360) as Orientation['rotation'];
  return { rotation, mirrored };
}

const TURNS: Record<Orientation['rotation'], readonly string[]> = {
  0: [],
  90: ['transpose=clock'],
  180: ['hflip', 'vflip'],
  270: ['transpose=cclock'],
};

/** Filters that bring the coded picture upright. */
export function uprightFilters({ rotation, mirrored }: Orientation): readonly string[] {
  return mirrored ? ['hflip', ...TURNS[rotation]] : TURNS[rotation];
}
