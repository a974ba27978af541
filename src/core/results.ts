import { z } from 'zod';
import type { FrameMeta, ObjectMeta } from './meta.js';
import { toMs } from './pts.js';

const AttributeRecord = z
  .strictObject({
    node: z.string().describe('The node that said it.'),
    name: z.string(),
    value: z.union([z.string(), z.number()]),
    confidence: z.number().min(0).max(1).optional(),
  })
  .describe('Something a node says of an object besides its class.');

const ObjectRecord = z
  .strictObject({
    id: z.int().min(0).describe('Unique within the frame.'),
    node: z.string().describe('The node that found it.'),
    label: z.string(),
    classId: z.int().min(0),
    confidence: z.number().min(0).max(1),
    box: z
      .tuple([z.number(), z.number(), z.number(), z.number()])
      .describe('[x1, y1, x2, y2] in pixels of the displayed frame, origin top-left, x2 and y2 exclusive.'),
    trackId: z.int().min(1).optional().describe('Identity over time; absent when untracked.'),
    parentId: z.int().min(0).optional().describe('The `id` of the object that this one was found in.'),
    attributes: z.array(AttributeRecord),
  })
  .describe('One object on the frame.');

/** One line of `results.jsonl`, version 1. */
export const ResultRecord = z
  .strictObject({
    version: z.literal(1),
    stream: z.string(),
    frame: z.int().min(0).describe('0-based number of the frame in its stream, in presentation order.'),
    pts: z
      .strictObject({
        ticks: z
          .string()
          .regex(/^-?\d+$/)
          .describe('Presentation time in ticks, as a decimal string: JSON numbers lose 64-bit integers.'),
        timeBase: z.tuple([z.int().min(1), z.int().min(1)]).describe('Seconds per tick as [numerator, denominator].'),
      })
      .describe('Presentation time, exact.'),
    timeMs: z.number().describe('Presentation time in milliseconds, for reading.'),
    size: z.strictObject({ width: z.int().min(1), height: z.int().min(1) }).describe('Size as displayed, in pixels.'),
    inferred: z.record(z.string(), z.boolean()).describe('For each node: whether it looked at this frame.'),
    objects: z.array(ObjectRecord),
  })
  .describe('What was found on one frame: one line of results.jsonl.');

/** The type of {@link ResultRecord}. */
export type ResultRecord = z.output<typeof ResultRecord>;

const round = (value: number, scale: number): number => Math.round(value * scale) / scale;

/** Written out key by key, not spread: this runs for every object of every frame. */
function toObjectRecord(object: ObjectMeta): ResultRecord['objects'][number] {
  const { id, node, label, classId, confidence, box, trackId, parentId, attributes } = object;
  const record: ResultRecord['objects'][number] = {
    id,
    node,
    label,
    classId,
    confidence: round(confidence, 1e4),
    box: [round(box.x1, 100), round(box.y1, 100), round(box.x2, 100), round(box.y2, 100)],
    attributes: attributes as ResultRecord['objects'][number]['attributes'],
  };
  if (trackId !== undefined) record.trackId = trackId;
  if (parentId !== undefined) record.parentId = parentId;
  return record;
}

/** The record that sinks write; it shares the metadata's own attributes, so that neither is to be changed. Boxes keep hundredths of a pixel, confidences four digits. */
export function toRecord(meta: FrameMeta): ResultRecord {
  const { ticks, timeBase } = meta.pts;
  return {
    version: 1,
    stream: meta.stream,
    frame: meta.frame,
    pts: { ticks: ticks.toString(), timeBase: [timeBase.num, timeBase.den] },
    timeMs: round(toMs(meta.pts), 1000),
    size: { width: meta.size.width, height: meta.size.height },
    inferred: meta.inferred,
    objects: meta.objects.map(toObjectRecord),
  };
}

/** The way back from a parsed line. */
export function fromRecord(record: ResultRecord): FrameMeta {
  const [num, den] = record.pts.timeBase;
  return {
    stream: record.stream,
    frame: record.frame,
    pts: { ticks: BigInt(record.pts.ticks), timeBase: { num, den } },
    size: record.size,
    inferred: record.inferred,
    objects: record.objects.map(({ box: [x1, y1, x2, y2], trackId, parentId, attributes, ...rest }) => ({
      ...rest,
      box: { x1, y1, x2, y2 },
      ...(trackId === undefined ? {} : { trackId }),
      ...(parentId === undefined ? {} : { parentId }),
      attributes: attributes.map(({ confidence, ...attribute }) => (confidence === undefined ? attribute : { ...attribute, confidence })),
    })),
  };
}
