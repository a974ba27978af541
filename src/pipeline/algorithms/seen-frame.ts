import type { Attribute, Frame } from '../../core/index.js';
import { type Board, type Draft, NOTHING, type NodeFindings } from '../nodes/board.js';
import type { AlgorithmObject } from './algorithm.js';

/** A frame with what the nodes that are read gave on it. */
export interface SeenFrame {
  readonly frame: Frame;
  readonly objects: readonly AlgorithmObject[];
  /** The draft behind each object. */
  readonly drafts: readonly Draft[];
}

/** Which objects an algorithm sees. */
export interface ObjectSight {
  /** The nodes that are read. */
  readonly nodes: readonly string[];
  /** Those of them whose objects have the numbers of their tracks by the time they are seen. */
  readonly tracked: ReadonlySet<string>;
  /** These classes only; all where null. */
  readonly labels: ReadonlySet<string> | null;
}

function attributesOf(draft: Draft, { said }: NodeFindings): readonly Attribute[] {
  const more = said?.flatMap(({ of, attributes }) => (of === draft ? attributes : NOTHING)) ?? NOTHING;
  return more.length > 0 ? [...draft.attributes, ...more] : draft.attributes;
}

/** Drafts are shared, and a tracker that is not read may number them at any time: what is seen must not hang on speed. */
function objectOf(draft: Draft, findings: NodeFindings, isTracked: boolean): AlgorithmObject {
  const { node, label, classId, confidence, box, trackId } = draft;
  const object = { node, label, classId, confidence, box, attributes: attributesOf(draft, findings) };
  return isTracked && trackId !== undefined ? { ...object, trackId } : object;
}

/** What an algorithm sees of a frame; the frame is the board's. */
export function seenFrame({ frame, of }: Board, { nodes, tracked, labels }: ObjectSight): SeenFrame {
  const objects: AlgorithmObject[] = [];
  const drafts: Draft[] = [];
  for (const node of nodes) {
    const findings = of(node);
    for (const draft of findings.objects) {
      if (labels && !labels.has(draft.label)) continue;
      objects.push(objectOf(draft, findings, tracked.has(node)));
      drafts.push(draft);
    }
  }
  return { frame, objects, drafts };
}
