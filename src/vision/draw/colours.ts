import type { Rgb } from './shape.js';

/** Linear light to an sRGB sample (IEC 61966-2-1). */
const encoded = (linear: number): number => 255 * (linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055);

/** OKLCH (Björn Ottosson, "A perceptual color space for image processing") to linear sRGB; components outside 0 to 1 have no sRGB colour. */
function linearOf(lightness: number, chroma: number, hueDegrees: number): readonly [number, number, number] {
  const hue = (hueDegrees * Math.PI) / 180;
  const [a, b] = [chroma * Math.cos(hue), chroma * Math.sin(hue)];
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
}

/** The strongest colour of that lightness and hue that sRGB has. */
function colourOf(lightness: number, hueDegrees: number): Rgb {
  for (let chroma = 0.2; ; chroma -= 0.01) {
    const linear = linearOf(lightness, chroma, hueDegrees);
    if (chroma > 0.02 && linear.some((value) => value < 0 || value > 1)) continue;
    return linear.map((value) => Math.round(encoded(Math.min(1, Math.max(0, value))))) as unknown as Rgb;
  }
}

/** The golden angle: however many hues are taken one after another, they stay far apart. */
const GOLDEN_ANGLE = 180 * (3 - Math.sqrt(5));
/** Hues that come near to an earlier one after a few turns differ in lightness from it. */
const LIGHTNESSES = [0.74, 0.62, 0.84] as const;
const known = new Map<number, Rgb>();

/** A colour for a number: always the same, and well apart from those of the numbers around it. */
export function colourOfNumber(number: number): Rgb {
  const seen = known.get(number);
  if (seen) return seen;
  const colour = colourOf(LIGHTNESSES[Math.abs(Math.trunc(number)) % 3]!, (number * GOLDEN_ANGLE + 30) % 360);
  if (known.size < 10_000) known.set(number, colour);
  return colour;
}

/** A colour for a name: always the same (FNV-1a picks its hue). */
export function colourOfName(name: string): Rgb {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return colourOfNumber((hash >>> 0) % 997);
}
