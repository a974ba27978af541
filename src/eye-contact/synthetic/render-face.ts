import type { TrackedFace } from '../eyes.js';
import { LIMBUS_DEPTH, LIMBUS_RADIUS, turned } from '../globe.js';
import type { RgbPicture } from '../port.js';
import { photographed } from './camera.js';
import { type EyeballPlace, eyeball } from './eyeball.js';
import { sideOf } from './face-surface.js';
import { glasses } from './glasses.js';
import { hairCover, hairs } from './hair.js';
import { lowerEdge, upperEdge } from './lid-shape.js';
import { HALF_INTEROCULAR, type SyntheticScene } from './scene.js';
import { type SkinPlace, skin } from './skin.js';
import { SIDES, type Stage, stageOf, truthOf } from './stage.js';

/** A drawn face with all that is true of it. */
export interface SyntheticFace {
  readonly picture: RgbPicture;
  readonly face: TrackedFace;
  /** How much of each pixel is inside the lids of either eye, 0 to 255, lashes not counted. */
  readonly opening: Uint8Array;
  /** How much of each pixel is visible iris or pupil, 0 to 255. */
  readonly iris: Uint8Array;
}

const LASH = [0.012, 0.009, 0.007] as const;
/** All light of a scene is scaled so that white of the eye in full light is not clipped. */
const EXPOSURE = 1.05;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Draws samples of a scene: linear light into `into`; true inside an opening. */
function sampler({ scene, surface, eyes }: Stage): (x: number, y: number, into: Float64Array) => boolean {
  const balls = SIDES.map((side, eye) => eyeball(scene, eyes[eye]!.toCamera, side));
  const face = skin(scene, surface);
  const lens = scene.glasses ? glasses(surface) : undefined;
  const place = new Float64Array(2);
  const inOpening: Mutable<EyeballPlace> = { x: 0, y: 0, outward: 0, underUpper: 0, overLower: 0, fromInner: 0 };
  const onSkin: Mutable<SkinPlace> = { x: 0, y: 0, local: 0, lids: surface.lids[0], overUpper: 0, underLower: 0 };
  return (x, y, into) => {
    surface.placeAt(x, y, place);
    const side = sideOf(place[0]!);
    const eye = side < 0 ? 0 : 1;
    const lids = surface.lids[eye];
    const local = side * place[0]! - HALF_INTEROCULAR;
    const under = place[1]! - upperEdge(lids, local);
    const over = lowerEdge(lids, local) - place[1]!;
    const isOpen = under > 0 && over > 0;
    if (isOpen) {
      const { middle } = eyes[eye]!;
      Object.assign(inOpening, {
        x: x - middle.x,
        y: y - middle.y,
        outward: local,
        underUpper: under,
        overLower: over,
        fromInner: local - lids.inner.x,
      });
      balls[eye]!(inOpening, into);
    } else {
      Object.assign(onSkin, { x: place[0]!, y: place[1]!, local, lids, overUpper: -under, underLower: -over });
      face(onSkin, into);
    }
    lens?.(x, y, into);
    return isOpen;
  };
}

/** Pixels near the edge of an opening or of an iris need more samples than smooth skin. */
function finenessOf(face: TrackedFace, x: number, y: number): number {
  for (const { upperLid, lowerLid } of face.eyes) {
    const [left, right] = [upperLid[0]!, upperLid.at(-1)!];
    const reach = 0.35 * Math.hypot(right.x - left.x, right.y - left.y);
    const top = Math.min(...upperLid.map((point) => point.y), ...lowerLid.map((point) => point.y));
    const bottom = Math.max(...lowerLid.map((point) => point.y), ...upperLid.map((point) => point.y));
    if (x > left.x - 2 && x < right.x + 2 && y > top - reach / 4 && y < bottom + reach / 4) return 4;
  }
  return 2;
}

/** Draws a scene. The same scene gives the same bytes. */
export function renderFace(scene: SyntheticScene): SyntheticFace {
  const stage = stageOf(scene);
  const face = truthOf(scene);
  const sample = sampler(stage);
  const { size, scale, middle } = scene;
  const light = new Float32Array(size.width * size.height * 3);
  const opening = new Uint8Array(size.width * size.height);
  const iris = new Uint8Array(size.width * size.height);
  const colour = new Float64Array(3);
  const rings = stage.eyes.map(({ toCamera, middle }) => ({ axis: turned(toCamera, [0, 0, 1]), middle }));
  const isIris = (x: number, y: number): boolean => rings.some(({ axis, middle }) => onIris(x - middle.x, y - middle.y, axis));
  for (let row = 0, at = 0; row < size.height; row++)
    for (let column = 0; column < size.width; column++, at++) {
      const fine = finenessOf(face, column, row);
      let [open, coloured] = [0, 0];
      for (let s = 0; s < fine * fine; s++) {
        const x = (column + ((s % fine) + 0.5) / fine - size.width / 2) / scale + middle.x;
        const y = (row + (Math.floor(s / fine) + 0.5) / fine - size.height / 2) / scale + middle.y;
        if (sample(x, y, colour)) {
          open++;
          if (isIris(x, y)) coloured++;
        }
        for (let c = 0; c < 3; c++) light[at * 3 + c]! += (EXPOSURE * colour[c]!) / (fine * fine);
      }
      opening[at] = Math.round((255 * open) / (fine * fine));
      iris[at] = Math.round((255 * coloured) / (fine * fine));
    }
  drawHair(stage, light);
  return { picture: photographed({ size, data: light }, scene.blur, scene.noise, scene.seed * 65_537 + scene.frame), face, opening, iris };
}

/** Whether the globe's point above a place of the camera's plane lies inside the limbus. */
function onIris(x: number, y: number, [ax, ay, az]: readonly [number, number, number]): boolean {
  const z = Math.sqrt(Math.max(0, LIMBUS_DEPTH ** 2 + LIMBUS_RADIUS ** 2 - x * x - y * y));
  return x * ax + y * ay + z * az > LIMBUS_DEPTH;
}

function drawHair({ scene, surface, toPicture }: Stage, light: Float32Array): void {
  const { lashes, brows } = hairs(scene, surface, toPicture);
  for (const [all, strength] of [
    [brows, 0.8],
    [lashes, 0.9],
  ] as const) {
    // prettier-ignore
    const cover = hairCover(all, scene.size);
    for (let i = 0; i < cover.length; i++) {
      const ink = cover[i]! * strength;
      if (ink > 0) for (let c = 0; c < 3; c++) light[i * 3 + c] = light[i * 3 + c]! * (1 - ink) + LASH[c]! * ink;
    }
  }
}
