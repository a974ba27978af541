import { vectorOf } from '../globe.js';
import type { FaceSurface } from './face-surface.js';
import { fade } from '../fade.js';
import { type LidShape, creaseAt, restingEdge, upperEdge } from './lid-shape.js';
import type { SyntheticScene } from './scene.js';
import { smoothNoise } from './seeded-noise.js';

/** Skin in linear light, lightest to darkest. */
const TONES = [
  [0.72, 0.5, 0.41],
  [0.56, 0.34, 0.24],
  [0.34, 0.18, 0.11],
  [0.17, 0.085, 0.05],
  [0.075, 0.038, 0.025],
] as const;

/** The colour of skin of a tone from 0, light, to 1, dark. */
export function skinColour(tone: number): readonly [number, number, number] {
  const at = Math.min(TONES.length - 1.001, Math.max(0, tone * (TONES.length - 1)));
  const [low, high] = [TONES[Math.floor(at)]!, TONES[Math.floor(at) + 1]!];
  const mix = at - Math.floor(at);
  return [0, 1, 2].map((c) => low[c]! * (1 - mix) + high[c]! * mix) as unknown as readonly [number, number, number];
}

/** Where skin is: millimetres of the head, and how it lies to the nearer eye's lids. */
export interface SkinPlace {
  readonly x: number;
  readonly y: number;
  /** Millimetres away from the nose, from the globe. */
  readonly local: number;
  readonly lids: LidShape;
  /** Millimetres above the upper lid's edge; negative below it. */
  readonly overUpper: number;
  /** Millimetres below the lower lid's edge; negative above it. */
  readonly underLower: number;
}

/** Skin in linear light. */
export type Skin = (place: SkinPlace, into: Float64Array) => void;

/** Where the texture lies that is seen at a place: the skin between an upper lid's edge and its crease is stretched as the lid comes down. */
function textureY({ lids, local, y }: SkinPlace): number {
  const edge = upperEdge(lids, local);
  const rest = restingEdge(lids, local);
  const near = fade(11, 0, Math.abs(edge - y));
  return y - (edge - rest) * near;
}

/** The skin of a scene's face. */
export function skin(scene: SyntheticScene, surface: FaceSurface): Skin {
  const tone = skinColour(scene.skin);
  const lamp = vectorOf(scene.light.from);
  const { share } = scene.light;
  const [m0, m1, m2, m3, m4, m5, m6, m7, m8] = surface.rotation;
  return (place, into) => {
    const { x, y, local, lids, overUpper, underLower } = place;
    const step = 0.25;
    const h = surface.height(x, y);
    const [sx, sy] = [(h - surface.height(x + step, y)) / step, (h - surface.height(x, y + step)) / step];
    const length = Math.hypot(sx, sy, 1);
    const nx = (m0 * sx + m1 * sy + m2) / length;
    const ny = (m3 * sx + m4 * sy + m5) / length;
    const nz = (m6 * sx + m7 * sy + m8) / length;
    const toward = nx * lamp[0] + ny * lamp[1] + nz * lamp[2];
    const lambert = Math.max(0, (toward + 0.25) / 1.25);
    const lit = (1 - share) * (0.55 + 0.25 * nz - 0.2 * ny) + share * 1.25 * lambert;
    const ty = textureY(place);
    const mottle = 0.06 * smoothNoise(x * 0.22, ty * 0.22, scene.seed + 50) + 0.05 * smoothNoise(x * 0.9, ty * 0.9, scene.seed + 51);
    const pores = 0.05 * smoothNoise(x * 2.6, ty * 2.6, scene.seed + 52) + 0.03 * smoothNoise(x * 5, ty * 5, scene.seed + 53);
    const crease = creaseAt(lids, local);
    const fold = crease.depth * (0.45 * Math.exp(-(((y - crease.y) / 0.45) ** 2)) + 0.15 * Math.exp(-(((y - crease.y - 0.6) / 1.2) ** 2)));
    const ring = 0.16 * Math.exp(-(((underLower - 4) / 4) ** 2)) * fade(22, 10, Math.abs(local));
    // The margin of a lid: dark with the roots of lashes above, wet and pink below.
    const roots = overUpper >= 0 ? 0.6 * Math.exp(-((overUpper / 0.45) ** 2)) * fade(-16.5, -11, local) * fade(14.5, 12, local) : 0;
    const wet = underLower >= 0 ? fade(0.95, 0.55, underLower) * fade(-17, -14, local) * fade(13.5, 12, local) : 0;
    const gain = lit * (1 + mottle + pores) * (1 - fold) * (1 - ring);
    const flush =
      0.1 * fade(22, 14, Math.abs(local)) * Math.exp(-Math.max(0, Math.min(overUpper < 0 ? 99 : overUpper, underLower < 0 ? 99 : underLower)) / 3);
    into[0] = gain * tone[0];
    into[1] = gain * tone[1] * (1 - flush);
    into[2] = gain * tone[2] * (1 - flush * 0.6);
    const pink = [0.5 * (0.35 + tone[0]), 0.32 * (0.3 + tone[1]), 0.28 * (0.3 + tone[2])];
    const sheen = share * 0.05 * Math.max(0, toward) ** 12 + wet * 0.1 * Math.max(0, smoothNoise(local * 1.1, 3, scene.seed + 54));
    for (let c = 0; c < 3; c++) into[c] = (into[c]! * (1 - 0.65 * wet) + 0.65 * wet * pink[c]! * lit) * (1 - roots) + sheen;
  };
}
