import { fade } from '../fade.js';
import type { IrisColour } from './scene.js';
import { smoothNoise } from './seeded-noise.js';

type Colour = readonly [number, number, number];

/** Colours in linear light, of the iris' outer and inner zones. */
const PALETTES: Readonly<Record<IrisColour, { readonly outer: Colour; readonly inner: Colour }>> = {
  'dark-brown': { outer: [0.04, 0.02, 0.012], inner: [0.06, 0.028, 0.014] },
  brown: { outer: [0.11, 0.052, 0.022], inner: [0.17, 0.08, 0.03] },
  hazel: { outer: [0.15, 0.135, 0.06], inner: [0.22, 0.12, 0.04] },
  green: { outer: [0.15, 0.19, 0.12], inner: [0.24, 0.19, 0.08] },
  blue: { outer: [0.12, 0.2, 0.3], inner: [0.24, 0.28, 0.3] },
  'light-blue': { outer: [0.26, 0.37, 0.47], inner: [0.4, 0.44, 0.44] },
};

/** Writes the colour of an iris in linear light: at `radius` of its own (1 at the limbus) and `angle` in radians, with a pupil of `pupil` of it. */
export type IrisTexture = (radius: number, angle: number, into: Float64Array) => void;

/** The iris of one eye of a person: fibres that run outward, a collarette, crypts, a dark limbus and a soft pupil. */
export function irisTexture(colour: IrisColour, pupil: number, seed: number): IrisTexture {
  const { outer, inner } = PALETTES[colour];
  return (radius, angle, into) => {
    const turn = angle / (2 * Math.PI) + 0.5;
    const zone = Math.max(0, (radius - pupil) / (1 - pupil));
    const ragged = zone + 0.05 * smoothNoise(turn * 14, 0, seed + 5, 14);
    const fine = smoothNoise(turn * 72 + Math.sin(zone * 5), zone * 2.5, seed, 72);
    const coarse = smoothNoise(turn * 26, zone * 2, seed + 1, 26);
    const cloud = smoothNoise(turn * 7, zone * 1.5, seed + 2, 7);
    const crypt = fade(0.35, 0.75, smoothNoise(turn * 18, zone * 5, seed + 3, 18)) * fade(0.2, 0.4, zone);
    const light = (1 + 0.22 * fine + 0.22 * coarse + 0.15 * cloud) * (1 - 0.35 * crypt);
    const ridge = 1 + 0.18 * Math.exp(-(((ragged - 0.34) / 0.06) ** 2));
    const rim = 1 - 0.78 * fade(0.8, 1.02, radius);
    const hole = fade(pupil - 0.015, pupil + 0.025, radius) * (0.55 + 0.45 * fade(0, 0.1, zone));
    const mix = fade(0.25, 0.5, ragged + 0.1 * cloud);
    const gain = light * ridge * rim * hole;
    for (let c = 0; c < 3; c++) into[c] = 0.004 + gain * (inner[c]! + (outer[c]! - inner[c]!) * mix);
  };
}
