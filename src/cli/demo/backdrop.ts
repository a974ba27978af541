import type { Rect, Size } from '../../core/index.js';
import { hash, octaves, valueNoise, type Noise } from './noise.js';
import { ATTIC, HEDGE, HORIZON, LINE_X, SCENE_SIZE } from './stage.js';

/** A part of the scene that stands before walkers: pixels of `rect`, colours multiplied by alpha. */
export interface Layer {
  readonly rect: Rect;
  readonly rgba: Uint8Array;
}

/** The scene without walkers, and what of it is drawn again before the walkers of the far and the middle path. */
export interface Backdrop {
  readonly size: Size;
  readonly rgb: Uint8Array;
  readonly beforeFar: readonly Layer[];
  readonly beforeMiddle: readonly Layer[];
}

type Colour = readonly [number, number, number];

/** What a ray of sight meets: its colour, and whether that stands behind all walkers (0), before the far path (1) or before the middle path (2). */
interface Sight {
  readonly colour: Colour;
  readonly depth: 0 | 1 | 2;
}

interface Textures {
  readonly soft: Noise;
  readonly fine: Noise;
}

const mix = (a: Colour, b: Colour, share: number): Colour => {
  const t = Math.min(1, Math.max(0, share));
  return [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t];
};
const shade = ([r, g, b]: Colour, factor: number): Colour => [r * factor, g * factor, b * factor];
const between = (low: number, high: number, value: number): number => Math.min(1, Math.max(0, (value - low) / (high - low)));

const SUN = { x: 1010, y: 92 } as const;
const STRIPE: Colour = [247, 189, 38];

function sky(x: number, y: number, { soft }: Textures): Colour {
  const height = y / HORIZON;
  const clear = mix([88, 150, 208], [253, 226, 190], height ** 1.6);
  const cloud = between(0.52, 0.78, soft(x / 210 + 5, y / 34 + 3)) * (0.35 + 0.5 * height);
  const distance = Math.hypot((x - SUN.x) / 1.5, y - SUN.y);
  const glow = Math.exp(-distance / 70) * 0.9 + Math.exp(-distance / 300) * 0.35;
  return mix(mix(clear, [255, 246, 236], cloud), [255, 243, 208], glow);
}

const HILLS = [
  { rise: 44, width: 260, phase: 11, colour: [150, 168, 190] },
  { rise: 26, width: 140, phase: 47, colour: [112, 140, 158] },
] as const satisfies readonly { rise: number; width: number; phase: number; colour: Colour }[];

function hills(x: number, y: number, { soft }: Textures): Colour | undefined {
  for (const { rise, width, phase, colour } of HILLS.toReversed()) {
    const ridge = HORIZON - rise * (0.15 + Math.max(0, soft(x / width + phase, phase) - 0.18) * 1.5) * (1 - 0.75 * between(560, 1150, x));
    if (y > ridge) return mix(colour, [244, 224, 200], 0.25 + 0.35 * between(300, 1200, x));
  }
  return undefined;
}

function sea(x: number, y: number, { fine }: Textures): Colour {
  const near = between(HORIZON, ATTIC.top, y);
  const water = mix([176, 202, 208], [56, 122, 150], near ** 0.8);
  const waves = fine(x / (10 + 60 * near), y / (0.8 + 4 * near));
  const path = Math.exp(-(((x - SUN.x) / (60 + 190 * near)) ** 2));
  const glitter = between(0.56, 0.72, waves) * path;
  return mix(mix(water, [226, 240, 240], between(0.6, 0.9, waves) * 0.28), [255, 240, 204], glitter * 0.85);
}

/** A coat of paint where the line runs; `half` is half its width. */
const painted = (x: number, half: number, colour: Colour, wear: number): Colour =>
  Math.abs(x - LINE_X) < half ? mix(colour, STRIPE, 0.82 + 0.16 * wear) : colour;

/** Width of the line at height `y`: it runs to the vanishing point. */
const stripeHalf = (y: number): number => Math.max(2, (y - HORIZON) * 0.0145);

function paving(x: number, y: number, tilePx: number, lit: Colour, { soft, fine }: Textures): Colour {
  const depth = 1 / (y - HORIZON);
  const u = ((x - LINE_X) * depth * 400) / tilePx + 1000.5;
  const v = (600_000 * depth) / tilePx;
  const [column, row] = [Math.floor(u + (Math.floor(v) % 2) * 0.5), Math.floor(v)];
  const [du, dv] = [u + (row % 2) * 0.5 - column, v - row];
  const joint = Math.min(Math.min(du, 1 - du), Math.min(dv, 1 - dv) * 1.4) < 0.025 ? 0.86 : 1;
  const tone = 0.93 + 0.09 * hash(column * 733 + row * 7919) + 0.07 * (soft(x / 90, y / 30) - 0.5) + 0.05 * (fine(x / 2.2, y / 1.6) - 0.5);
  return painted(x, stripeHalf(y), shade(lit, tone * joint), fine(x / 3, y / 3));
}

/** Courses of stone: `course` is the height of one. */
function masonry(x: number, y: number, top: number, course: number, stone: Colour, { fine, soft }: Textures): Colour {
  const row = Math.floor((y - top) / course);
  const length = course * 3.1;
  const along = x / length + (row % 2) * 0.5;
  const [block, d, dy] = [Math.floor(along), along - Math.floor(along), (y - top) / course - row];
  const joint = Math.min(d, 1 - d) * length < 1.2 || dy * course < 1.2 ? 0.82 : 1;
  const tone = 0.9 + 0.14 * hash(block * 131 + row * 977, 5) + 0.1 * (fine(x / 2.5, y / 2.5) - 0.5) + 0.08 * (soft(x / 60, y / 20) - 0.5);
  return shade(stone, tone * joint);
}

const LAMPS = [118, 398, 882, 1162] as const;
/** Half the width of a lamp's part at height `y`, or 0. */
const lampHalf = (y: number): number => {
  if (y > 62 && y < 84) return Math.sqrt(Math.max(0, 121 - (y - 73) ** 2));
  if (y >= 84 && y < 92) return 6;
  if (y >= 92 && y < 362) return 2.6;
  return y >= 362 && y < 378 ? 7 : 0;
};

function lamp(x: number, y: number): Colour | undefined {
  const half = lampHalf(y);
  const at = LAMPS.find((post) => Math.abs(x - post) < half);
  if (at === undefined) return undefined;
  if (y < 84) return mix([255, 244, 214], [236, 206, 150], between(0, 11, Math.hypot(x - at + 3, y - 70)));
  return shade([58, 70, 76], 0.8 + 0.5 * between(half, -half, x - at));
}

function farWall(x: number, y: number, textures: Textures): Colour | undefined {
  const { top, cap, foot } = ATTIC;
  if (y < top || y >= foot) return undefined;
  const grain = 0.97 + 0.06 * textures.fine(x / 3, y / 2);
  const stone: Colour =
    y < top + cap
      ? shade(mix([252, 244, 228], [222, 210, 190], between(top, top + cap, y)), grain)
      : shade(masonry(x, y, top + cap, 15, [205, 192, 172], textures), y < top + cap + 4 ? 0.74 : 1.02 - 0.16 * between(top, foot, y));
  return painted(x, stripeHalf(y), stone, grain);
}

/** Leaves: clumps that catch light from above, darker within. */
function leaves(x: number, y: number, { fine, soft }: Textures): Colour {
  const clump = soft(x / 16, y / 13);
  const leaf = fine(x / 3.1, y / 2.6);
  const depth = between(HEDGE.top, HEDGE.trough, y);
  const light = 0.42 + 0.75 * leaf * (0.5 + clump) - 0.3 * depth;
  return shade(mix([76, 118, 58], [138, 168, 84], clump * leaf * 1.4), Math.max(0.28, light));
}

function hedge(x: number, y: number, textures: Textures): Colour | undefined {
  const { top, trough, foot } = HEDGE;
  if (y >= foot) return undefined;
  if (Math.abs(x - LINE_X) < 9 && y > top - 22) {
    const ball = y < top - 10 && Math.hypot((x - LINE_X) * 1.1, y - top + 11) > 10;
    return ball ? undefined : shade(STRIPE, 0.68 + 0.4 * between(9, -7, x - LINE_X));
  }
  if (y >= trough) {
    const wall = masonry(x, y, trough, 22, [188, 178, 164], textures);
    const lip = y < trough + 5 ? mix(wall, [236, 228, 214], 0.8) : shade(wall, y < trough + 10 ? 0.72 : 1 - 0.2 * between(trough, foot, y));
    return painted(x, stripeHalf(y), lip, 0.8);
  }
  const edge = top + 9 * (textures.soft(x / 22, 91) - 0.5) + 11 * (textures.fine(x / 4.5, 17) - 0.4);
  return y > edge ? leaves(x, y, textures) : undefined;
}

/** Darkness that gathers at the foot of a wall. */
const contact = (y: number, foot: number): number => 1 - 0.34 * Math.exp(-(y - foot) / 9);

function look(x: number, y: number, textures: Textures): Sight {
  const nearer = hedge(x, y, textures);
  if (nearer) return { colour: nearer, depth: 2 };
  if (y >= HEDGE.foot) {
    const ground = paving(x, y, 84, [208, 197, 181], textures);
    return { colour: shade(ground, contact(y, HEDGE.foot) * (1.02 - 0.14 * between(HEDGE.foot, SCENE_SIZE.height, y))), depth: 2 };
  }
  const post = lamp(x, y);
  if (post) return { colour: post, depth: 1 };
  const wall = farWall(x, y, textures);
  if (wall) return { colour: wall, depth: 1 };
  if (y >= ATTIC.foot) return { colour: shade(paving(x, y, 84, [214, 201, 183], textures), contact(y, ATTIC.foot)), depth: 1 };
  if (y >= HORIZON) return { colour: sea(x, y, textures), depth: 0 };
  return { colour: hills(x, y, textures) ?? sky(x, y, textures), depth: 0 };
}

/** Rays of sight for each pixel, so that edges are smooth. */
const RAYS = [
  [0.25, 0.25],
  [0.75, 0.25],
  [0.25, 0.75],
  [0.75, 0.75],
] as const;

/** The pixels of `rect` that stand at `depth` or nearer. */
interface Strip extends Layer {
  readonly depth: 1 | 2;
}

const strip = (depth: 1 | 2, top: number, bottom: number): Strip => {
  const rect = { x: 0, y: top, width: SCENE_SIZE.width, height: bottom - top };
  return { depth, rect, rgba: new Uint8Array(rect.width * rect.height * 4) };
};

/** Paints the scene: a promenade by the sea in the late afternoon. The same seed paints the same. */
export function paintBackdrop(seed: number): Backdrop {
  const { width, height } = SCENE_SIZE;
  const textures: Textures = { soft: octaves(valueNoise(seed), 4), fine: octaves(valueNoise(seed + 1), 2) };
  const rgb = new Uint8Array(width * height * 3);
  const strips = [strip(1, 56, ATTIC.foot), strip(2, HEDGE.top - 24, HEDGE.foot)] as const;
  // Sums of colour and cover, for what stands at depth 0, 1 or 2 and nearer.
  const sums = new Float64Array(12);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      sums.fill(0);
      for (const [dx, dy] of RAYS) {
        const { colour, depth } = look(x + dx, y + dy, textures);
        for (let least = 0; least <= depth; least++) {
          for (let c = 0; c < 3; c++) sums[least * 4 + c]! += colour[c]!;
          sums[least * 4 + 3]! += 255;
        }
      }
      for (let c = 0; c < 3; c++) rgb[i * 3 + c] = toByte(sums[c]!);
      for (const { depth, rect, rgba } of strips) {
        if (y < rect.y || y >= rect.y + rect.height) continue;
        const at = ((y - rect.y) * width + x) * 4;
        for (let c = 0; c < 4; c++) rgba[at + c] = toByte(sums[depth * 4 + c]!);
      }
    }
  }
  return { size: SCENE_SIZE, rgb, beforeFar: [strips[0]], beforeMiddle: [strips[1]] };
}

const toByte = (sum: number): number => Math.min(255, Math.max(0, Math.round(sum / RAYS.length)));
