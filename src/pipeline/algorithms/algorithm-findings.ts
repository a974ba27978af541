import { type Attribute, type Box, Frame } from '../../core/index.js';
import { clip } from '../../vision/index.js';
import { imageFrame } from '../image-frame.js';
import { type Draft, NOTHING, type NodeFindings, type Said } from '../nodes/board.js';
import type { NewObject, SaidAttribute } from './algorithm.js';
import type { RunOutcome } from './instance.js';
import type { ObjectNote } from './run-notes.js';
import type { SeenFrame } from './seen-frame.js';

const attributesOf = (node: string, attributes: readonly SaidAttribute[]): Attribute[] => attributes.map((attribute) => ({ node, ...attribute }));

function draftOf(node: string, { label, box, confidence = 1, classId = 0, attributes = NOTHING }: NewObject, frame: Frame): readonly Draft[] {
  const inside: Box = clip(box, frame.size);
  // What has no area within the frame is left out, as for models.
  if (inside.x2 <= inside.x1 || inside.y2 <= inside.y1) return NOTHING;
  return [{ node, label, classId, confidence, box: inside, attributes: attributesOf(node, attributes) }];
}

/** What a node has to say of the frame that its algorithm ran on. */
export function findingsOf(node: string, { value, notes }: RunOutcome, { frame, drafts }: SeenFrame): NodeFindings {
  const made = notes.added.flatMap((object) => draftOf(node, object, frame));
  const said = notes.said.map(({ at, attributes }: ObjectNote): Said => ({ of: drafts[at]!, attributes: attributesOf(node, attributes) }));
  return {
    inferred: true,
    objects: made,
    made,
    ...(said.length > 0 ? { said } : {}),
    ...(value === undefined ? {} : { value }),
    ...(notes.shapes.length > 0 ? { shapes: notes.shapes } : {}),
    ...(notes.replaced ? { replaced: notes.replaced instanceof Frame ? notes.replaced : imageFrame(notes.replaced, frame, node) } : {}),
  };
}

/** What a node has to say of a later frame, when its algorithm has run beside the stream. */
export function lateFindings({ value, notes }: RunOutcome, fromFrame: number, inferred: boolean): NodeFindings {
  return {
    inferred,
    objects: NOTHING,
    made: NOTHING,
    ...(value === undefined ? {} : { value, fromFrame }),
    ...(notes.shapes.length > 0 ? { shapes: notes.shapes } : {}),
  };
}
