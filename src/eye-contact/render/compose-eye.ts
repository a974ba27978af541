import { CORNEA_DEPTH, LIMBUS_DEPTH } from '../globe.js';
import type { EyePatch } from '../port.js';
import { fade } from '../fade.js';
import { tableAt } from './eye-frame.js';
import { BESIDE_IRIS, type EyeLayers } from './eye-layers.js';
import { cornerAt } from './eye-place-map.js';
import { type EyePose, type GlobePlace, pixelOf, placeSeen } from './eye-pose.js';
import type { EyeRegion } from './eye-region.js';
import { sampleSharp, sampleSoft } from './float-image.js';
import { type LidMove, lidFollow } from './lid-follow.js';
import { nearLower, nearUpper, shadeAt } from './shade-model.js';
import type { SubjectEye } from './subject-eye.js';

/** Mirrored light stands with the cornea's own middle, which turns on a shorter arm than the limbus. */
const GLINT_SHARE = CORNEA_DEPTH / LIMBUS_DEPTH;

/** Everything that an eye is put together from. */
export interface EyeParts {
  readonly region: EyeRegion;
  readonly pose: EyePose;
  readonly layers: EyeLayers;
  readonly subject: SubjectEye;
  readonly noseRight: boolean;
  readonly sensitivity: number;
}

/** Draws the turned eye at a pixel: `x` and `y` of the region, the place across, distances to the moved lids, and where the pixel lay before the lids moved. */
type DrawEye = (
  x: number,
  y: number,
  across: number,
  underUpper: number,
  overLower: number,
  stillX: number,
  stillY: number,
  into: Float64Array,
) => void;

function eyeDrawer({ region, pose, layers, subject, noseRight }: EyeParts): DrawEye {
  const place: GlobePlace = { x: 0, y: 0, radius: 0, seen: 0 };
  const before: GlobePlace = { x: 0, y: 0, radius: 0, seen: 0 };
  const spot = new Float64Array(3);
  const colour = new Float64Array(3);
  const { rect, frame } = region;
  const { albedo, seen, glints, still, shade } = layers;
  return (x, y, across, underUpper, overLower, stillX, stillY, into) => {
    placeSeen(pose, pose.target, rect.x + x + 0.5, rect.y + y + 0.5, place);
    pixelOf(pose, pose.source, place.x, place.y, spot);
    // Beyond the globe's rim the same step is taken as at the rim.
    const qx = spot[0]! - rect.x - 0.5;
    const qy = spot[1]! - rect.y - 0.5;
    sampleSharp(albedo, qx, qy, into);
    const made = 1 - sampleSoft(seen, qx, qy);
    if (made > 0.01) {
      const known = made * subject.atlas.at(place.x, place.y, colour);
      if (known > 0) for (let c = 0; c < 3; c++) into[c] = into[c]! * (1 - known) + colour[c]! * subject.white[c]! * known;
    }
    const white = fade(0.97, 1.08, place.radius);
    const gain = shadeAt(shade, across, nearUpper(underUpper, frame.width), nearLower(overLower, frame.width), white);
    for (let c = 0; c < 3; c++) into[c]! *= gain;
    sampleSharp(glints, x - GLINT_SHARE * pose.shift.x, y - GLINT_SHARE * pose.shift.y, colour);
    const wet = fade(1.3, 1.1, place.radius);
    for (let c = 0; c < 3; c++) into[c]! += Math.max(0, colour[c]!) * wet;
    const corner = cornerAt(across, noseRight);
    if (corner > 0) {
      placeSeen(pose, pose.source, rect.x + stillX + 0.5, rect.y + stillY + 0.5, before);
      const fixed = corner * fade(1.05, 1.2, place.radius) * fade(...BESIDE_IRIS, before.radius);
      sampleSharp(still, stillX, stillY, colour);
      for (let c = 0; c < 3; c++) into[c] = into[c]! * (1 - fixed) + colour[c]! * fixed;
    }
  };
}

/** Puts an eye together as it looks along its target. Pixels that come out as they were have an alpha of 0. */
export function composeEye(parts: EyeParts): EyePatch {
  const { region, pose, layers, sensitivity } = parts;
  const { rect, frame, source } = region;
  const rgb = new Uint8Array(rect.width * rect.height * 3);
  const alpha = new Uint8Array(rect.width * rect.height);
  const follow = lidFollow(frame, pose, sensitivity);
  const draw = eyeDrawer(parts);
  const move: LidMove = { upper: 0, lower: 0, movedUpper: 0, movedLower: 0 };
  const [out, eye] = [new Float64Array(3), new Float64Array(3)];
  const { corner, along, width } = frame;
  for (let y = 0, at = 0; y < rect.height; y++)
    for (let x = 0; x < rect.width; x++, at++) {
      const px = rect.x + x + 0.5 - corner.x;
      const py = rect.y + y + 0.5 - corner.y;
      const u = px * along.x + py * along.y;
      const v = py * along.x - px * along.y;
      follow.at(u, move);
      const back = follow.back(move, v);
      if (back === 0 && layers.cover.data[at] === 1) {
        for (let i = at * 3; i < at * 3 + 3; i++) rgb[i] = source.data[i]!;
        continue;
      }
      const sx = x + back * along.y;
      const sy = y - back * along.x;
      sampleSharp(layers.lids, sx, sy, out);
      const cover = sampleSoft(layers.cover, sx, sy);
      if (cover < 0.999) {
        const under = (v - move.upper) * tableAt(frame.upper.lean, u, width);
        const over = (move.lower - v) * tableAt(frame.lower.lean, u, width);
        draw(x, y, (2 * u) / width - 1, under, over, sx, sy, eye);
        for (let c = 0; c < 3; c++) out[c]! += (1 - cover) * eye[c]!;
      }
      for (let c = 0; c < 3; c++) {
        const level = Math.min(255, Math.max(0, Math.round(out[c]!)));
        rgb[at * 3 + c] = level;
        if (level !== source.data[at * 3 + c]) alpha[at] = 255;
      }
    }
  return { x: rect.x, y: rect.y, size: { width: rect.width, height: rect.height }, rgb, alpha };
}
