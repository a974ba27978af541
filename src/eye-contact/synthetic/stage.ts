import type { Point } from '../../core/index.js';
import type { EyeView, TrackedFace } from '../eyes.js';
import { LIMBUS_DEPTH, LIMBUS_RADIUS, type Rotation, composed, directionOf, rotationBetween, transposed, turned, vectorOf } from '../globe.js';
import { limbusRing } from './eyeball.js';
import { type FaceSurface, faceSurface } from './face-surface.js';
import { type LidShape, lidShape, lowerEdge, upperEdge } from './lid-shape.js';
import { HALF_INTEROCULAR, type SyntheticScene } from './scene.js';

/** The picture-left eye and the other: where the outer corner lies. */
export const SIDES = [-1, 1] as const;
const LID_POINTS = 25;
const RING_POINTS = 16;
/** What the parts of a scene share. Millimetres of the camera's plane, from the middle between the eyes. */
export interface Stage {
  readonly scene: SyntheticScene;
  readonly surface: FaceSurface;
  /** Where the globes' middles are seen, and how each eye's own axes (z out of the pupil) lie to the camera. */
  readonly eyes: readonly { readonly middle: Point; readonly toCamera: Rotation }[];
  /** Where a point of the head is seen, in pixels. */
  toPicture(x: number, y: number, z: number): Point;
}

/** Sets a scene up. */
export function stageOf(scene: SyntheticScene): Stage {
  const rotation = faceSurface(scene, [lidShape(0, 0, 1), lidShape(0, 0, 1)]).rotation;
  const inHead = scene.gaze.map((gaze) => turned(transposed(rotation), vectorOf(gaze)));
  const lids = inHead.map((axis) => lidShape(scene.seed, directionOf(axis).pitch, scene.openness)) as [LidShape, LidShape];
  const surface = faceSurface(scene, lids);
  const { size, scale, middle } = scene;
  const toPixel = ({ x, y }: Point): Point => ({ x: size.width / 2 + (x - middle.x) * scale, y: size.height / 2 + (y - middle.y) * scale });
  return {
    scene,
    surface,
    eyes: SIDES.map((side, eye) => ({
      middle: surface.project(side * HALF_INTEROCULAR, 0, 0),
      toCamera: composed(rotation, rotationBetween([0, 0, 1], inHead[eye]!)),
    })),
    toPicture: (x, y, z) => toPixel(surface.project(x, y, z)),
  };
}

/** Greatest distance of the lids over the distance of their corners. */
function apertureOf(upperLid: readonly Point[], lowerLid: readonly Point[]): number {
  const [left, right] = [upperLid[0]!, upperLid.at(-1)!];
  return (
    Math.max(...upperLid.map(({ x, y }, i) => Math.hypot(lowerLid[i]!.x - x, lowerLid[i]!.y - y))) / Math.hypot(right.x - left.x, right.y - left.y)
  );
}

function eyeViewOf({ scene, surface, eyes, toPicture }: Stage, eye: 0 | 1): EyeView {
  const side = SIDES[eye];
  const lids = surface.lids[eye];
  const { middle, toCamera } = eyes[eye]!;
  const { size, scale } = scene;
  const toPixel = (x: number, y: number): Point => ({
    x: size.width / 2 + (middle.x + x - scene.middle.x) * scale,
    y: size.height / 2 + (middle.y + y - scene.middle.y) * scale,
  });
  const lid = (edge: (shape: LidShape, x: number) => number): Point[] => {
    const points = Array.from({ length: LID_POINTS }, (_, i) => {
      const local = lids.inner.x + ((lids.outer.x - lids.inner.x) * i) / (LID_POINTS - 1);
      const [x, y] = [side * (HALF_INTEROCULAR + local), edge(lids, local)];
      return toPicture(x, y, surface.height(x, y));
    });
    return side > 0 ? points : points.toReversed();
  };
  const [x, y] = turned(toCamera, [0, 0, LIMBUS_DEPTH]);
  const [upperLid, lowerLid] = [lid(upperEdge), lid(lowerEdge)];
  return {
    upperLid,
    lowerLid,
    iris: { centre: toPixel(x, y), radius: LIMBUS_RADIUS * scale, ring: limbusRing(toCamera, RING_POINTS).map((point) => toPixel(point.x, point.y)) },
    globe: toPixel(0, 0),
    globeRadius: LIMBUS_DEPTH * scale,
    openness: apertureOf(upperLid, lowerLid),
    closure: 1 - scene.openness,
    gaze: scene.gaze[eye],
    confidence: 1,
  };
}

/** What is true of a scene, without drawing it. */
export function truthOf(scene: SyntheticScene): TrackedFace {
  const stage = stageOf(scene);
  const { size } = scene;
  return {
    id: 1,
    box: { x1: 0, y1: 0, x2: size.width, y2: size.height },
    confidence: 1,
    head: scene.head,
    scale: Math.hypot(stage.eyes[1]!.middle.x - stage.eyes[0]!.middle.x, stage.eyes[1]!.middle.y - stage.eyes[0]!.middle.y) * scene.scale,
    eyes: [eyeViewOf(stage, 0), eyeViewOf(stage, 1)],
  };
}
