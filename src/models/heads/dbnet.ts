import { z } from 'zod';
import { type Detections, Candidates, cornersOf, minAreaRectangle, type SlantedRectangle, take } from '../../vision/index.js';
import { floatsOf, mismatch, shapedOutput } from './outputs.js';
import type { Head } from './port.js';
import { findRegions } from './regions.js';
import { parseSettings } from './settings.js';

/** Settings of {@link dbnet}. */
export const DbnetSettings = z.strictObject({
  threshold: z.number().min(0).max(1).default(0.3).describe('Probability from which a pixel counts as text.'),
  unclipRatio: z
    .number()
    .min(0)
    .default(1.5)
    .describe('The network marks the kernel of a text: each side is moved out by this times area over perimeter of the kernel.'),
  minimumSidePx: z.number().min(0).default(3).describe('Kernels whose shorter side is below this are dropped.'),
});

/** Top left, top right, bottom right, bottom left. */
const CORNERS = 4;

/** One picture's probabilities: [height, width] from element `from` on. */
interface ProbabilityMap {
  readonly data: Float32Array;
  readonly from: number;
  readonly width: number;
  readonly height: number;
}

/** Mean probability of the pixels whose centres lie in the rectangle. */
function meanInside(map: ProbabilityMap, rectangle: SlantedRectangle): number {
  const { cx, cy, width, height, angle } = rectangle;
  const [ux, uy] = [Math.cos(angle), Math.sin(angle)];
  const halfX = (Math.abs(ux) * width + Math.abs(uy) * height) / 2;
  const halfY = (Math.abs(uy) * width + Math.abs(ux) * height) / 2;
  const bottom = Math.min(map.height, Math.ceil(cy + halfY));
  const right = Math.min(map.width, Math.ceil(cx + halfX));
  let sum = 0;
  let count = 0;
  for (let y = Math.max(0, Math.floor(cy - halfY)); y < bottom; y++)
    for (let x = Math.max(0, Math.floor(cx - halfX)); x < right; x++) {
      const [dx, dy] = [x + 0.5 - cx, y + 0.5 - cy];
      if (Math.abs(dx * ux + dy * uy) > width / 2 || Math.abs(dy * ux - dx * uy) > height / 2) continue;
      sum += map.data[map.from + y * map.width + x]!;
      count++;
    }
  return count === 0 ? 0 : sum / count;
}

/** The text around its kernel: a polygon moved out by `ratio` times area over perimeter (Liao et al. 2020, section 3.5). */
function unclip(kernel: SlantedRectangle, ratio: number): SlantedRectangle {
  const { width, height } = kernel;
  const distance = (width * height * ratio) / (2 * (width + height));
  return { ...kernel, width: width + 2 * distance, height: height + 2 * distance };
}

function addText(candidates: Candidates, text: SlantedRectangle, score: number): void {
  const corners = cornersOf(text);
  const [xs, ys] = [corners.map(({ x }) => x), corners.map(({ y }) => y)];
  candidates.add(Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys), score, 0);
  corners.forEach(({ x, y }, i) => candidates.setPoint(i, x, y, score));
}

/**
 * Differentiable binarisation, the text detector of PP-OCR: a map of probabilities as large as the picture. Each text is a box and, as its four
 * points, the corners of a slanted rectangle. Texts of one map never overlap, so that `maximumIou` has no say.
 */
export const dbnet: Head<Detections> = {
  type: 'dbnet',
  answers: 'detections',
  summary: 'DBNet, the text detector of PP-OCR: a probability map, whose regions become slanted rectangles around lines of text.',
  create(head, model, picture) {
    const { threshold, unclipRatio, minimumSidePx } = parseSettings(DbnetSettings, head);
    const { width, height } = picture;
    const expected = `[N, 1, ${height}, ${width}] for a picture of ${width}x${height}`;
    const output = shapedOutput(head, model, 'map', [undefined, 1, height, width], expected);
    const candidates = new Candidates(CORNERS);
    return {
      classes: 1,
      decode(outputs, row, thresholds) {
        const { confidence, limit } = { ...head, ...thresholds };
        const given = outputs[output.at]!;
        if (given.shape[2] !== height || given.shape[3] !== width) mismatch(head, given, expected);
        const map: ProbabilityMap = { data: floatsOf(outputs, output), from: row * width * height, width, height };
        candidates.clear();
        for (const region of findRegions(map.data, map.from, width, height, threshold)) {
          const kernel = minAreaRectangle(region);
          if (Math.min(kernel.width, kernel.height) < minimumSidePx) continue;
          const score = meanInside(map, kernel);
          if (score >= confidence) addText(candidates, unclip(kernel, unclipRatio), score);
        }
        const { scores, count } = candidates;
        const order = Array.from({ length: count }, (_, i) => i).toSorted((a, b) => scores[b]! - scores[a]! || a - b);
        return take(candidates, order.slice(0, limit));
      },
    };
  },
};
