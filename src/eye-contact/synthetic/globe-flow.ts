import { GLOBE_RADIUS, LIMBUS_DEPTH, composed, transposed, turned } from '../globe.js';
import type { SyntheticScene } from './scene.js';
import { stageOf } from './stage.js';

/**
 * Where what is on the globes in the picture of `to` lay in the picture of `from`, the same face looking elsewhere: x and y steps in pixels, two numbers a
 * pixel; NaN outside the globes and where it was turned away. Lids are not asked: see the masks of the drawn faces. The cornea's bending is left out.
 */
export function globeFlow(from: SyntheticScene, to: SyntheticScene): Float32Array {
  const { width, height } = to.size;
  const flow = new Float32Array(width * height * 2).fill(Number.NaN);
  const [before, after] = [stageOf(from), stageOf(to)];
  after.eyes.forEach(({ middle, toCamera }, eye) => {
    const back = composed(before.eyes[eye]!.toCamera, transposed(toCamera));
    const [, , , , , , ax, ay, az] = transposed(toCamera);
    for (let row = 0, at = 0; row < height; row++)
      for (let column = 0; column < width; column++, at += 2) {
        const x = (column + 0.5 - width / 2) / to.scale + to.middle.x - middle.x;
        const y = (row + 0.5 - height / 2) / to.scale + to.middle.y - middle.y;
        const square = GLOBE_RADIUS ** 2 - x * x - y * y;
        if (square <= 0) continue;
        const z = Math.sqrt(square);
        // Inside the limbus the iris lies flat, in the limbus' plane.
        const flat = az > 0 && x * ax + y * ay + z * az > LIMBUS_DEPTH;
        const [fx, fy, fz] = turned(back, [x, y, flat ? (LIMBUS_DEPTH - x * ax - y * ay) / az : z]);
        if (fz <= 0) continue;
        const shift = before.eyes[eye]!.middle;
        flow[at] = (fx - x + shift.x - middle.x) * to.scale;
        flow[at + 1] = (fy - y + shift.y - middle.y) * to.scale;
      }
  });
  return flow;
}
