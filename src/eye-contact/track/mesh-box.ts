import type { Box } from '../../core/index.js';
import type { Mesh } from './head-pose.js';

/** The box around all points of a mesh, in pixels of the picture. */
export function boxOf(mesh: Mesh): Box {
  let [x1, y1, x2, y2] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < mesh.length; i += 3) {
    const [x, y] = [mesh[i]!, mesh[i + 1]!];
    x1 = Math.min(x1, x);
    y1 = Math.min(y1, y);
    x2 = Math.max(x2, x);
    y2 = Math.max(y2, y);
  }
  return { x1, y1, x2, y2 };
}
