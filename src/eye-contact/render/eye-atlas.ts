import { GLOBE_RADIUS } from '../globe.js';
import type { EyePose } from './eye-pose.js';
import { pixelOf } from './eye-pose.js';
import { type FloatImage, sampleSharp, sampleSoft } from './float-image.js';

/** Cells along a side of the atlas: 0.19 mm each, finer than a pixel of a large face. */
const SIDE = 128;
/** Frames that a cell remembers: older ones fade. */
const MEMORY = 40;

const millimetres = (cell: number): number => ((cell + 0.5) / SIDE - 0.5) * 2 * GLOBE_RADIUS;

/** The surface of one eye, front view, gathered over a clip: colours as shares of the white's. */
export class EyeAtlas {
  readonly #rgb = new Float32Array(SIDE * SIDE * 3);
  readonly #frames = new Float32Array(SIDE * SIDE);

  /** Adds what a frame showed: albedo and where it was seen, over a region whose first pixel lies at x and y. */
  add(albedo: FloatImage, seen: FloatImage, x: number, y: number, pose: EyePose, white: ArrayLike<number>): void {
    const spot = new Float64Array(3);
    const colour = new Float64Array(3);
    for (let row = 0, cell = 0; row < SIDE; row++)
      for (let column = 0; column < SIDE; column++, cell++) {
        const [ex, ey] = [millimetres(column), millimetres(row)];
        if (ex * ex + ey * ey > (pose.ball * 0.95) ** 2) continue;
        pixelOf(pose, pose.source, ex, ey, spot);
        const [px, py] = [spot[0]! - x - 0.5, spot[1]! - y - 0.5];
        if (spot[2]! < 4 || px < 1 || py < 1 || px > albedo.width - 2 || py > albedo.height - 2 || sampleSoft(seen, px, py) < 0.99) continue;
        sampleSharp(albedo, px, py, colour);
        const frames = Math.min(MEMORY, this.#frames[cell]! + 1);
        this.#frames[cell] = frames;
        for (let c = 0; c < 3; c++) this.#rgb[cell * 3 + c]! += (colour[c]! / white[c]! - this.#rgb[cell * 3 + c]!) / frames;
      }
  }

  /** Writes the colour of a place of the eye, in millimetres of its own axes, as shares of the white's; returns how well it is known, 0 to 1. */
  at(x: number, y: number, into: Float64Array): number {
    const [column, row] = [((x / GLOBE_RADIUS + 1) / 2) * SIDE - 0.5, ((y / GLOBE_RADIUS + 1) / 2) * SIDE - 0.5];
    const [x0, y0] = [Math.floor(column), Math.floor(row)];
    if (x0 < 0 || y0 < 0 || x0 >= SIDE - 1 || y0 >= SIDE - 1) return 0;
    let [known, total] = [0, 0];
    into.fill(0);
    for (let corner = 0; corner < 4; corner++) {
      const [dx, dy] = [corner & 1, corner >> 1];
      const weight = (dx ? column - x0 : 1 - column + x0) * (dy ? row - y0 : 1 - row + y0);
      const cell = (y0 + dy) * SIDE + x0 + dx;
      const frames = this.#frames[cell]!;
      if (frames === 0) continue;
      known += weight * Math.min(1, frames / 3);
      total += weight;
      for (let c = 0; c < 3; c++) into[c]! += weight * this.#rgb[cell * 3 + c]!;
    }
    if (total > 0) for (let c = 0; c < 3; c++) into[c]! /= total;
    return known;
  }
}
