import type { Point } from 'ocellus/core';
import type { EyeView, RgbPicture, TrackedFace } from '../dist/eye-contact/index.js';

/** Lines of one colour, in pixels of the picture. */
interface Line {
  readonly points: readonly Point[];
  readonly colour: readonly [number, number, number];
}

const GREEN = [40, 255, 40] as const;
const RED = [255, 60, 60] as const;
const CYAN = [0, 220, 255] as const;

const closed = (points: readonly Point[]): Point[] => [...points, points[0]!];
const cross = ({ x, y }: Point, size: number): Point[][] => [
  [{ x: x - size, y }, { x: x + size, y }],
  [{ x, y: y - size }, { x, y: y + size }],
]; // prettier-ignore

function linesOf(eye: EyeView): Line[] {
  return [
    { points: eye.upperLid, colour: GREEN },
    { points: eye.lowerLid, colour: GREEN },
    { points: closed(eye.iris.ring), colour: RED },
    ...cross(eye.iris.centre, 1).map((points) => ({ points, colour: RED })),
    ...cross(eye.globe, 1).map((points) => ({ points, colour: CYAN })),
  ];
}

/** A part of a picture, enlarged. */
export class Enlarged {
  readonly rgb: Uint8Array;
  constructor(
    readonly corner: Point,
    readonly width: number,
    readonly height: number,
    readonly zoom: number,
    picture: RgbPicture,
  ) {
    this.rgb = new Uint8Array(width * height * 3);
    for (let v = 0; v < height; v++)
      for (let u = 0; u < width; u++) {
        const x = Math.max(0, Math.min(picture.size.width - 1, Math.floor(corner.x + u / zoom)));
        const y = Math.max(0, Math.min(picture.size.height - 1, Math.floor(corner.y + v / zoom)));
        for (let k = 0; k < 3; k++) this.rgb[(v * width + u) * 3 + k] = picture.data[(y * picture.size.width + x) * 3 + k]!;
      }
  }

  draw({ points, colour }: Line): void {
    const at = points.map(({ x, y }) => ({ x: (x - this.corner.x) * this.zoom, y: (y - this.corner.y) * this.zoom }));
    for (let i = 1; i < at.length; i++) {
      const [from, to] = [at[i - 1]!, at[i]!];
      const steps = Math.ceil(Math.hypot(to.x - from.x, to.y - from.y) * 2);
      for (let step = 0; step <= steps; step++) {
        const u = Math.floor(from.x + ((to.x - from.x) * step) / Math.max(1, steps));
        const v = Math.floor(from.y + ((to.y - from.y) * step) / Math.max(1, steps));
        if (u >= 0 && v >= 0 && u < this.width && v < this.height) this.rgb.set(colour, (v * this.width + u) * 3);
      }
    }
  }
}

/** Both eyes of a face beside themselves with what was tracked drawn on them, `zoom` times as large. */
export function eyeTile(picture: RgbPicture, face: TrackedFace, width: number, height: number, zoom: number): Uint8Array {
  const [left, right] = face.eyes;
  const centre = { x: (left.globe.x + right.globe.x) / 2, y: (left.globe.y + right.globe.y) / 2 };
  const corner = { x: Math.round(centre.x - width / zoom / 2), y: Math.round(centre.y - height / zoom / 2) };
  const plain = new Enlarged(corner, width, height, zoom, picture);
  const drawn = new Enlarged(corner, width, height, zoom, picture);
  for (const eye of face.eyes) for (const line of linesOf(eye)) drawn.draw(line);
  const tile = new Uint8Array(width * height * 6);
  for (let v = 0; v < height; v++) {
    tile.set(plain.rgb.subarray(v * width * 3, (v + 1) * width * 3), v * width * 6);
    tile.set(drawn.rgb.subarray(v * width * 3, (v + 1) * width * 3), v * width * 6 + width * 3);
  }
  return tile;
}
