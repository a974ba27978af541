import { z } from 'zod';

const AttributeRecord = z
  .strictObject({
    node: z.string().describe('The node that said it.'),
    name: z.string(),
    value: z.union([z.string(), z.number()]),
    confidence: z.number().min(0).max(1).optional(),
    fromFrame: z.int().min(0).optional().describe('The frame on which the node looked, where that was an earlier one.'),
  })
  .describe('Something a node says of an object besides its class.');

const KeyPointsRecord = z
  .strictObject({
    node: z.string().describe('The node that told them.'),
    confidence: z.number().min(0).max(1).optional().describe('How certain the node is that they are there.'),
    points: z.array(z.tuple([z.number(), z.number(), z.number()])).describe('[x, y, score] each, in pixels of the displayed frame.'),
  })
  .describe('Key points: landmarks of a face, joints of a body.');

const EmbeddingRecord = z
  .strictObject({
    node: z.string().describe('The node that told it.'),
    vector: z.array(z.number()).describe('A vector of length 1: the cosine of two is their likeness.'),
  })
  .describe('The look of an object.');

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
    points: z.array(KeyPointsRecord).optional().describe('Key points, of the detector and of other nodes; absent where none tells any.'),
    embeddings: z.array(EmbeddingRecord).optional().describe('Embeddings that were asked for; absent where none was.'),
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
    values: z
      .record(z.string(), z.json())
      .optional()
      .describe('What algorithms of your own gave, by node; absent where none gave anything with this frame.'),
    valueFrames: z
      .record(z.string(), z.int().min(0))
      .optional()
      .describe('By node: the frame that its value was made on, where that was an earlier one.'),
  })
  .describe('What was found on one frame: one line of results.jsonl.');

/** The type of {@link ResultRecord}. */
export type ResultRecord = z.output<typeof ResultRecord>;

const place = {
  version: z.literal(1),
  stream: z.string(),
  frame: z.int().min(0).describe('0-based number of the frame on which the event was certain.'),
  pts: ResultRecord.shape.pts,
  timeMs: z.number().describe('Presentation time in milliseconds, for reading.'),
};

/** A line of `events.jsonl` that tells of an object that crossed a line. */
export const LineCrossingRecord = z
  .strictObject({
    type: z.literal('line-crossing'),
    ...place,
    node: z.string().describe('The analytics node that saw it.'),
    line: z.string().describe('Name of the line.'),
    direction: z.enum(['in', 'out']).describe('in: from the left of the line to its right, as seen going from its first point to its second.'),
    trackId: z.int().min(1),
    label: z.string(),
    at: z.tuple([z.number(), z.number()]).describe("Where the object's anchor was, in pixels of the displayed frame."),
  })
  .describe('An object crossed a line.');

/** A line of `events.jsonl` that tells of an algorithm of one's own that failed. */
export const AlgorithmErrorRecord = z
  .strictObject({
    type: z.literal('algorithm-error'),
    ...place,
    node: z.string().describe('The node whose algorithm it is.'),
    message: z.string().describe('What went wrong.'),
    consecutive: z.int().min(1).describe('Failures without a success between them, this one included.'),
    breaker: z
      .enum(['closed', 'open', 'half-open'])
      .describe('closed: it goes on. open: it is left alone for a while. half-open: it is being tried again.'),
  })
  .describe('An algorithm of your own threw, took too long or gave what is no plain data.');

/** One line of `events.jsonl`, version 1. */
export const EventRecord = z
  .discriminatedUnion('type', [LineCrossingRecord, AlgorithmErrorRecord])
  .describe('Something that happened on a stream: one line of events.jsonl.');

/** The type of {@link EventRecord}. */
export type EventRecord = z.output<typeof EventRecord>;
