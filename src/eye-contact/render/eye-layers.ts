import { fade } from '../fade.js';
import { LIMBUS_RADIUS } from '../globe.js';
import { type WhitePixel, likelyWhite } from './likely-white.js';
import { tableAt } from './eye-frame.js';
import { type EyePlaceMap, cornerAt, eyePlaceMap } from './eye-place-map.js';
import { type EyePose, pixelOf } from './eye-pose.js';
import type { EyeRegion } from './eye-region.js';
import type { SubjectEye } from './subject-eye.js';
import { type FloatImage, floatImage, sampleSharp } from './float-image.js';
import { lidCover, spread } from './lid-cover.js';
import { FILL_REACH, PolarFill } from './polar-fill.js';
import { PROFILE_REACH } from './ring-profile.js';
import { ShadeFit, type ShadeModel, nearLower, nearUpper, shadeAt } from './shade-model.js';

/** An eye of one picture taken apart. All images cover the region. */
export interface EyeLayers {
  readonly map: EyePlaceMap;
  readonly shade: ShadeModel;
  /** White and iris without shade and glints, continued under the lids by what lies nearest to it. */
  readonly albedo: FloatImage;
  /** Where the albedo was seen, 0 to 1, and not made up. */
  readonly seen: FloatImage;
  /** The eye as it is in the picture, continued a little under the lids. */
  readonly still: FloatImage;
  /** What the cornea mirrors, to be added; it moves with the cornea. */
  readonly glints: FloatImage;
  /** Lids and lashes with the eye behind them taken off. */
  readonly lids: FloatImage;
  /** How much of a pixel lids cover, 0 to 1. */
  readonly cover: FloatImage;
}

const luma = (data: ArrayLike<number>, at: number): number => 0.299 * data[at]! + 0.587 * data[at + 1]! + 0.114 * data[at + 2]!;

/** Pixels from a lid's edge at which the eye alone is seen. */
const clearOf = (width: number): number => Math.max(Math.min(1.7, 0.06 * width), 0.028 * width);

/** Radii of the limbus between which a corner begins where an iris lies before it. */
export const BESIDE_IRIS = [1.1, 1.25] as const;
/** Pixels that the white of both sides counts for in the colour of one. */
const SIDE_PIXELS = 8;
/** Levels above its ring from which a pixel counts as mirrored light. */
const GLINT = 45;
/** In radii of the limbus: what is brighter farther out is the white. */
const CORNEA_EDGE = 1.02;

/** What building the layers shares. */
interface Work {
  readonly region: EyeRegion;
  readonly map: EyePlaceMap;
  readonly pose: EyePose;
  readonly noseRight: boolean;
  readonly clear: number;
  readonly shade: ShadeModel;
  readonly subject: SubjectEye;
  /** Colours of the white to the left and to the right of the iris. */
  readonly sides: readonly [Float64Array, Float64Array];
  /** Along the opening, between where its corners end and where its lids stand far enough apart to show the white: u in pixels. */
  readonly columns: readonly [number, number];
  /** How much lids and lashes hide of each pixel or of a neighbour of it, 0 to 1. */
  readonly hidden: Float32Array;
  /** 1 for a pixel of a glint. */
  readonly glint: Uint8Array;
}

/** What a pixel of the eye is multiplied by where it lies. */
function shadeOf({ region, map, shade }: Pick<Work, 'region' | 'map' | 'shade'>, at: number): number {
  const { width } = region.frame;
  const white = fade(0.97, 1.08, map.radius[at]!);
  return shadeAt(shade, map.across[at]!, nearUpper(region.underUpper.data[at]!, width), nearLower(region.overLower.data[at]!, width), white);
}

/** The colour of the brighter pixels between the lids: a guess at the white where none is clearly seen. */
function brightestOf({ source }: EyeRegion, map: EyePlaceMap): number[] {
  const inside = [...map.depth.keys()].filter((at) => map.depth[at]! > 0).toSorted((a, b) => luma(source.data, a * 3) - luma(source.data, b * 3));
  const at = inside[Math.floor(inside.length * 0.9)] ?? 0;
  return [0, 1, 2].map((c) => source.data[at * 3 + c]!);
}

/** Fits the shade to the white that is seen, and learns the white's colour. */
function fitShade(region: EyeRegion, map: EyePlaceMap, noseRight: boolean, clear: number, subject: SubjectEye): Pick<Work, 'shade' | 'sides'> {
  const fit = new ShadeFit();
  const { width } = region.frame;
  const { data } = region.source;
  const candidates: WhitePixel[] = [];
  for (let at = 0; at < map.depth.length; at++) {
    if (map.depth[at]! < clear || map.radius[at]! < 1.15 || map.facing[at]! < 1 || cornerAt(map.across[at]!, noseRight) > 0.3) continue;
    candidates.push({ at, level: luma(data, at * 3), warmth: data[at * 3]! / Math.max(1, data[at * 3 + 1]!) });
  }
  const whites = likelyWhite(candidates);
  for (const { at, level } of whites)
    fit.add(map.across[at]!, nearUpper(region.underUpper.data[at]!, width), nearLower(region.overLower.data[at]!, width), Math.log(level));
  const shade = subject.settleShade(fit);
  const albedoOf = ({ at }: WhitePixel): number[] => [0, 1, 2].map((c) => data[at * 3 + c]! / shadeOf({ region, map, shade }, at));
  if (whites.length > 0)
    subject.settleWhite(sumOf(whites.map(albedoOf)).map((total) => total / whites.length), whites.length); // prettier-ignore
  else if (!subject.knowsWhite) subject.settleWhite(brightestOf(region, map), 0);
  const sides = [-1, 1].map((side) => {
    const own = whites.filter(({ at }) => Math.sign(sideways(region, map, at)) === side);
    const sum = sumOf(own.map(albedoOf));
    return subject.white.map((value, c) => (value * SIDE_PIXELS + sum[c]!) / (own.length + SIDE_PIXELS));
  });
  return { shade, sides: sides as [Float64Array, Float64Array] };
}

const sumOf = (colours: readonly (readonly number[])[]): number[] =>
  colours.reduce<number[]>(([r, g, b], [red, green, blue]) => [r! + red!, g! + green!, b! + blue!], [0, 0, 0]);

/** How far along the opening a pixel lies from the middle of the iris, in millimetres of the eye: negative to the picture's left. */
const sideways = ({ frame: { along } }: EyeRegion, map: EyePlaceMap, at: number): number => map.x[at]! * along.x + map.y[at]! * along.y;

/** Adds the eye that is seen near the pupil to the rings. */
function learnRings(work: Omit<Work, 'glint' | 'hidden'>): void {
  const { region, map, clear, noseRight, subject } = work;
  const { data } = region.source;
  for (let at = 0; at < map.depth.length; at++)
    if (map.depth[at]! >= clear && map.radius[at]! < PROFILE_REACH && cornerAt(map.across[at]!, noseRight) < 0.5) {
      const gain = 1 / shadeOf(work, at);
      subject.profile.add(map.radius[at]!, data[at * 3]! * gain, data[at * 3 + 1]! * gain, data[at * 3 + 2]! * gain);
    }
  subject.profile.settle();
}

/** What the eye should look like at each pixel: its ring's colour on the iris, the white's elsewhere, shaded. */
function expectedEye(work: Omit<Work, 'glint' | 'hidden'>): (at: number, into: Float64Array) => void {
  const { region, map, subject, sides } = work;
  return (at, into) => {
    const radius = map.radius[at]!;
    const gain = shadeOf(work, at);
    const white = fade(1.1, 1.25, radius);
    const side = sides[sideways(region, map, at) < 0 ? 0 : 1];
    if (white < 1) subject.profile.at(radius, into);
    for (let c = 0; c < 3; c++) into[c] = gain * (white < 1 ? into[c]! * (1 - white) + side[c]! * white : side[c]!);
  };
}

/**
 * Marks what the cornea mirrors: much brighter than its ring, and small. A mirrored window that fills the iris is left in its texture, as nothing is known of
 * what lies behind it.
 */
function findGlints(work: Omit<Work, 'glint' | 'hidden'>, expected: (at: number, into: Float64Array) => void): Uint8Array {
  const { region, map, clear } = work;
  const { data, width } = region.source;
  const glint = new Uint8Array(map.depth.length);
  const colour = new Float64Array(3);
  const excess = new Float32Array(map.depth.length);
  let [bright, visible] = [0, 0];
  for (let at = 0; at < excess.length; at++)
    if (map.depth[at]! > 0.5 && map.radius[at]! < CORNEA_EDGE) {
      expected(at, colour);
      excess[at] = luma(data, at * 3) - luma(colour, 0);
      visible++;
      if (excess[at]! > GLINT) bright++;
    }
  // In an iris of a few pixels, light and fibre can't be told apart.
  if (bright > 0.15 * visible || visible < 60) return glint;
  // A light iris around a dark pupil is no mirrored light: that is about as bright as the white.
  const asBright = 0.85 * luma(work.subject.white, 0);
  let edge = [...excess.keys()].filter((at) => excess[at]! > GLINT && luma(data, at * 3) > asBright && map.depth[at]! >= clear);
  // Around it, light fades out over a pixel, over more in larger pictures.
  for (let time = Math.max(1, Math.round(region.frame.width / 40)); time >= 0; time--) {
    for (const at of edge) glint[at] = 1;
    const around = edge.flatMap((at) => [-1, 1, -width, width, -width - 1, -width + 1, width - 1, width + 1].map((step) => at + step));
    edge = around.filter((at) => glint[at] === 0 && excess[at]! > GLINT / 5);
  }
  return glint;
}

/** Whether the eye alone is seen at a pixel. */
const isClear = ({ map, glint, clear, hidden }: Work, at: number): boolean => map.depth[at]! >= clear && glint[at] === 0 && hidden[at]! < 0.25;

/** The pixel of the region at a place of the picture, or -1. */
function pixelAt({ rect }: EyeRegion, x: number, y: number): number {
  const [column, row] = [Math.floor(x - rect.x), Math.floor(y - rect.y)];
  return column < 0 || row < 0 || column >= rect.width || row >= rect.height ? -1 : row * rect.width + column;
}

const spot = new Float64Array(3);
const found = new Float64Array(3);

/** The rings of the eye, as far as they are clearly seen. */
function ringsOf(work: Work): PolarFill {
  const { region, map, pose, noseRight, subject } = work;
  const { data } = region.source;
  const seen = (x: number, y: number, into: Float64Array): boolean => {
    pixelOf(pose, pose.source, x, y, spot);
    const there = pixelAt(region, spot[0]!, spot[1]!);
    if (there < 0 || spot[2]! < 2 || !isClear(work, there) || cornerAt(map.across[there]!, noseRight) > 0.5) return false;
    const gain = 1 / shadeOf(work, there);
    for (let c = 0; c < 3; c++) into[c] = data[there * 3 + c]! * gain;
    return true;
  };
  return new PolarFill(pose.scale * LIMBUS_RADIUS, seen, subject.profile);
}

/** The white's colour on the side of the iris where a pixel lies. */
const sideWhite = ({ region, map, sides }: Work, at: number): Float64Array => sides[sideways(region, map, at) < 0 ? 0 : 1];

/** Where the white may be taken from: along the opening, between its corners and where its lids stand far enough apart to show it. */
function columnsOf({ frame }: EyeRegion, noseRight: boolean, clear: number): readonly [number, number] {
  const isWide = (u: number): boolean => tableAt(frame.lower.v, u, frame.width) - tableAt(frame.upper.v, u, frame.width) > 2 * clear + 2;
  let [left, right] = [0, frame.width];
  const isCorner = (u: number): boolean => cornerAt((2 * u) / frame.width - 1, noseRight) > 0.5;
  while (left < right && (isCorner(left) || !isWide(left))) left++;
  while (right > left && (isCorner(right) || !isWide(right))) right--;
  return [left, right];
}

/** Takes the albedo of the white from the nearest place in its column, or in the nearest column without a corner. False where that is iris or nothing. */
function fillFromColumn(work: Work, at: number, into: Float64Array): boolean {
  const { region, map, clear, columns } = work;
  const { corner, along, upper, lower, width } = region.frame;
  const { rect } = region;
  const [px, py] = [rect.x + (at % rect.width) + 0.5 - corner.x, rect.y + Math.floor(at / rect.width) + 0.5 - corner.y];
  const [u, v] = [px * along.x + py * along.y, py * along.x - px * along.y];
  const cu = Math.min(columns[1], Math.max(columns[0], u));
  const [top, bottom] = [
    tableAt(upper.v, cu, width) + clear / tableAt(upper.lean, cu, width),
    tableAt(lower.v, cu, width) - clear / tableAt(lower.lean, cu, width),
  ];
  if (bottom < top) return false;
  const cv = Math.min(bottom - 0.01, Math.max(top + 0.01, v));
  const [x, y] = [corner.x + cu * along.x - cv * along.y, corner.y + cu * along.y + cv * along.x];
  const there = pixelAt(region, x, y);
  if (there < 0 || map.radius[there]! < 1.14 || work.hidden[there]! > 0.25) return false;
  sampleSharp(region.source, x - rect.x - 0.5, y - rect.y - 0.5, found);
  const gain = 1 / shadeOf(work, there);
  const side = sideWhite(work, at);
  // Far from what was seen its grain would become stripes.
  const far = 0.8 * fade(0.02, 0.16, Math.hypot(cu - u, cv - v) / width);
  for (let k = 0; k < 3; k++) into[k] = found[k]! * gain * (1 - far) + side[k]! * far;
  return true;
}

/** Fills the albedo of a pixel where the eye is hidden. */
function fill(work: Work, rings: PolarFill, at: number, into: Float64Array): void {
  const radius = work.map.radius[at]!;
  if (radius > 1.14 && fillFromColumn(work, at, into)) return;
  if (radius < FILL_REACH && rings.at(work.map.x[at]!, work.map.y[at]!, into)) return;
  if (radius < 1.3) work.subject.profile.at(radius, into);
  else into.set(sideWhite(work, at));
}

/** Levels by which a lid's edge may be brighter than the white behind it: what a tear line mirrors. Before an iris, it is the white of one tracked a little aside. */
const MOST_SHINE = 40;
const SHINE_ON_IRIS = 8;

/** Takes the lid off a pixel whose eye behind it, `still`, is known: the rest is the lid's. */
function takeLid({ cover, lids, still, map }: EyeLayers, data: Float32Array, at: number): void {
  const i = at * 3;
  const behind = luma(still.data, i);
  // What is darker than the eye behind hides some of it, as lashes and their shadows do: whatever eye comes there is darkened as much.
  const covered = Math.max(cover.data[at]!, behind > 1 ? 1 - luma(data, i) / behind : 0);
  cover.data[at] = covered;
  const shine = SHINE_ON_IRIS + (MOST_SHINE - SHINE_ON_IRIS) * fade(1, 1.2, map.radius[at]!);
  for (let c = 0; c < 3; c++) lids.data[i + c] = Math.min(255 * covered + shine, data[i + c]! - (1 - covered) * still.data[i + c]!);
}

/** Takes the eye of a pixel apart. `colour` is scratch. */
function takeApart(work: Work, rings: PolarFill, layers: EyeLayers, at: number, colour: Float64Array): void {
  const { map, glint, hidden, clear, noseRight } = work;
  const { data } = work.region.source;
  const i = at * 3;
  const tissue = cornerAt(map.across[at]!, noseRight) * fade(1.02, 1.12, map.radius[at]!);
  const corner = tissue * fade(...BESIDE_IRIS, map.radius[at]!);
  const gain = shadeOf(work, at);
  const clean = isClear(work, at) ? 1 - tissue : 0;
  if (clean < 1) fill(work, rings, at, colour);
  layers.seen.data[at] = clean * map.facing[at]!;
  const isBare = map.depth[at]! >= clear && hidden[at]! < 0.25;
  for (let c = 0; c < 3; c++) {
    const albedo = (clean < 1 ? colour[c]! * (1 - clean) : 0) + (clean * data[i + c]!) / gain;
    layers.albedo.data[i + c] = albedo;
    const mirrored = glint[at] ? Math.max(0, data[i + c]! - albedo * gain) : 0;
    layers.glints.data[i + c] = mirrored;
    // In a corner the picture itself is all that is known of it.
    layers.still.data[i + c] = isBare ? data[i + c]! : (albedo * gain + mirrored) * (1 - corner) + data[i + c]! * corner;
  }
  takeLid(layers, data, at);
}

/** Takes the eye of a region apart. Pixels farther outside the lids than `under` are not needed of the eye. */
export function eyeLayers(region: EyeRegion, pose: EyePose, noseRight: boolean, subject: SubjectEye, under: number): EyeLayers {
  const map = eyePlaceMap(region, pose);
  const clear = clearOf(region.frame.width);
  const { width, height, data } = region.source;
  const { shade, sides } = fitShade(region, map, noseRight, clear, subject);
  const known = { region, map, pose, noseRight, clear, shade, sides, subject, columns: columnsOf(region, noseRight, clear) };
  learnRings(known);
  const expected = expectedEye(known);
  const cover = lidCover(region, map, expected);
  const hidden = spread(cover);
  const work: Work = { ...known, hidden, glint: findGlints(known, expected) };
  const rings = ringsOf(work);
  const make = (channels: 1 | 3): FloatImage => floatImage(width, height, channels);
  const layers = { map, shade, albedo: make(3), seen: make(1), still: make(3), glints: make(3), lids: make(3), cover };
  const colour = new Float64Array(3);
  for (let at = 0; at < width * height; at++) {
    if (map.depth[at]! < -under && cover.data[at] === 1) layers.lids.data.set(data.subarray(at * 3, at * 3 + 3), at * 3);
    else takeApart(work, rings, layers, at, colour);
  }
  return layers;
}
