import type { Box, FrameMeta, ObjectMeta, Size } from '../../core/index.js';
import { type Annotator, type CountedLine, type Shape, createAnnotator, scaledShapes } from '../../vision/index.js';
import type { DrawConfig } from '../config-outputs.js';
import type { FrameResult } from '../frame-result.js';
import type { LineState } from '../nodes/board.js';

const countedLine = ({ name, from, to, in: inward, out }: LineState): CountedLine => ({ name, from, to, counts: { in: inward, out } });

/** What is known of a frame, for the same picture at `size` pixels. */
function scaledMeta(meta: FrameMeta, size: Size): FrameMeta {
  const [sx, sy] = [size.width / meta.size.width, size.height / meta.size.height];
  const box = ({ x1, y1, x2, y2 }: Box): Box => ({ x1: x1 * sx, y1: y1 * sy, x2: x2 * sx, y2: y2 * sy });
  const scaled = (object: ObjectMeta): ObjectMeta => ({
    ...object,
    box: box(object.box),
    ...(object.points
      ? { points: object.points.map((told) => ({ ...told, points: told.points.map(([x, y, score]) => [x * sx, y * sy, score] as const) })) }
      : {}),
  });
  return { ...meta, size, objects: meta.objects.map(scaled) };
}

function scaledLine(line: CountedLine, from: Size, to: Size): CountedLine {
  const [sx, sy] = [to.width / from.width, to.height / from.height];
  return { ...line, from: { x: line.from.x * sx, y: line.from.y * sy }, to: { x: line.to.x * sx, y: line.to.y * sy } };
}

/** Draws what was found on the frames of one stream; remembers trails. */
export class StreamDrawing {
  readonly #annotator: Annotator;
  /** Nodes whose objects are drawn only when they are followed. */
  readonly #followed: ReadonlySet<string>;

  constructor(
    readonly config: DrawConfig,
    followed: readonly string[],
  ) {
    const { labels, trackIds, confidence, attributes, points, trailMs, header, untracked } = config;
    this.#annotator = createAnnotator({ label: labels, trackId: trackIds, confidence, attributes, points, trailMs, header });
    this.#followed = new Set(untracked ? [] : followed);
  }

  /** Shapes for the stream's next frame, those that algorithms and the caller draw included; for its picture at `size` pixels where given, with strokes and letters that suit that size. */
  shapes({ meta, lines, shapes }: Pick<FrameResult, 'meta' | 'lines' | 'shapes'>, size: Size = meta.size): Shape[] {
    const drawn = this.#drawn(meta);
    const counted = this.config.lines ? lines.map(countedLine) : [];
    if (size.width === meta.size.width && size.height === meta.size.height) return [...this.#annotator.shapes(drawn, counted), ...shapes];
    const found = this.#annotator.shapes(
      scaledMeta(drawn, size),
      counted.map((line) => scaledLine(line, meta.size, size)),
    );
    return [...found, ...scaledShapes(shapes, meta.size, size)];
  }

  #drawn(meta: FrameMeta): FrameMeta {
    const hides = ({ node, trackId }: ObjectMeta): boolean => trackId === undefined && this.#followed.has(node);
    return meta.objects.some(hides) ? { ...meta, objects: meta.objects.filter((object) => !hides(object)) } : meta;
  }
}
