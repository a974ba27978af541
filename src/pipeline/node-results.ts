import { type EventMeta, type ObjectMeta, type Pts, toMs } from '../core/index.js';
import type { FrameResult, ObjectAnswer } from './frame-result.js';
import type { LineState } from './nodes/board.js';

/** What one node said of one frame. Plain data: it outlives the frame and the run. */
export interface NodeResult<N extends string = string> {
  readonly node: N;
  readonly stream: string;
  /** 0-based. */
  readonly frame: number;
  readonly pts: Pts;
  /** Presentation time in milliseconds. */
  readonly timeMs: number;
  /** Whether it looked at this very frame; a tracker says where objects should be on the others, too. */
  readonly inferred: boolean;
  readonly objects: readonly ObjectMeta[];
  /** What a model that describes objects answered on this frame. */
  readonly answers: readonly ObjectAnswer[];
  /** Watched lines with their counts, of a node that counts. */
  readonly lines: readonly LineState[];
  /** What happened on the frame, as this node saw it. */
  readonly events: readonly EventMeta[];
  /** What an algorithm of one's own gave; absent where it gave nothing. */
  readonly value?: unknown;
}

/** What one node said of the frame. */
export function nodeResult<N extends string>(result: FrameResult, node: N): NodeResult<N> {
  const { stream, frame, pts, inferred, values } = result.meta;
  return {
    node,
    stream,
    frame,
    pts,
    timeMs: toMs(pts),
    inferred: inferred[node] ?? false,
    objects: result.of(node),
    answers: result.answers(node),
    lines: result.lines.filter((line) => line.node === node),
    events: result.events.filter((event) => event.node === node),
    ...(values && Object.hasOwn(values, node) ? { value: values[node] } : {}),
  };
}
