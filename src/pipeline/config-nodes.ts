import { z } from 'zod';
import { LineCounterSettings } from '../analytics/index.js';
import type { AlgorithmMaker } from './algorithms/algorithm.js';
import { Name } from './config-sources.js';

const Size = z.strictObject({ width: z.int().min(1).max(8192), height: z.int().min(1).max(8192) });

const PictureConfig = z
  .strictObject({
    input: z.string().describe("Name of the network's input tensor."),
    fit: z
      .strictObject({
        mode: z
          .enum(['stretch', 'letterbox', 'top-left'])
          .describe('How the frame is laid into the picture: filled, centred with padding, or padded right and below.'),
        size: Size.describe("Size of the network's input, in pixels."),
        order: z.enum(['rgb', 'bgr', 'gray']).describe('Order of the channels.'),
        layout: z.enum(['planar', 'packed']).describe('planar is [N, C, H, W], packed is [N, H, W, C].'),
        pad: z.int().min(0).max(255).default(114).describe('Byte value of the padding.'),
      })
      .describe('How a frame becomes a picture of the right size.'),
    mean: z.array(z.number()).min(1).max(3).default([0, 0, 0]).describe('Subtracted from each byte, by channel.'),
    std: z.array(z.number().positive()).min(1).max(3).default([1, 1, 1]).describe('Divides what is left, by channel.'),
  })
  .describe("From a picture's bytes to the network's numbers.");

const HeadConfig = z
  .strictObject({
    type: z.string().describe('Which head reads the outputs, such as yolo, yolox, ssd or boxes; the reference of models lists all of them.'),
    outputs: z.record(z.string(), z.string()).describe('Names of the outputs by role.'),
    confidence: z.number().min(0).max(1).default(0.3).describe('Least score kept.'),
    maximumIou: z.number().min(0).max(1).default(0.45).describe('IoU at which the weaker of two boxes goes.'),
    limit: z.int().min(1).default(300).describe('Most objects of one frame.'),
    settings: z.record(z.string(), z.unknown()).optional().describe('What only this type of head needs.'),
  })
  .describe('How outputs become detections.');

const EngineUrl = z.string().regex(/^kserves?(\+https?)?:\/\/[^/]/, 'write kserve://host:8001/model or kserve+http://host:8000/model');

/** A network of your own, described in place. */
export const CustomModel = z
  .strictObject({
    file: z.string().optional().describe('The ONNX file; a relative path starts at the configuration file.'),
    url: EngineUrl.optional().describe('Instead of a file: a model on a server, such as kserve://host:8001/model.'),
    picture: PictureConfig,
    head: HeadConfig,
    labels: z.array(z.string()).min(1).describe('Names of the classes by id.'),
  })
  .refine(({ file, url }) => (file === undefined) !== (url === undefined), { message: 'say where the network is: file or url' })
  .describe('A network of your own.');

/** The type of {@link CustomModel}. */
export type CustomModel = z.output<typeof CustomModel>;

/** Objects of another node, as a model reads them. */
export const ObjectsRead = z
  .strictObject({
    objects: Name.describe('The node whose objects are looked at: a model that finds objects, or a tracker.'),
    labels: z.array(z.string()).min(1).optional().describe('Look at these classes only.'),
    minSize: z
      .strictObject({ width: z.number().min(0).default(0), height: z.number().min(0).default(0) })
      .optional()
      .describe('Least size of the box within the frame, in pixels.'),
    minConfidence: z.number().min(0).max(1).default(0).describe('Least confidence of the object.'),
    padding: z.number().min(0).max(4).default(0).describe("Share of the box's width and height that is added on each side."),
    limit: z.int().min(1).optional().describe('Most objects looked at on one frame: those not looked at for longest, then the most confident.'),
  })
  .describe('Objects of another node, each cut out of its frame.');

/** The type of {@link ObjectsRead}. */
export type ObjectsRead = z.output<typeof ObjectsRead>;

const Reinference = z
  .strictObject({
    frames: z.int().min(1).optional().describe('Frames since the last look.'),
    seconds: z.number().positive().optional().describe('Media time since the last look, in seconds.'),
    grownBy: z.number().positive().optional().describe("Share by which the box's area has grown since: 0.5 is half as large again."),
  })
  .refine((rules) => Object.values(rules).some((rule) => rule !== undefined), { message: 'say when: frames, seconds or grownBy' })
  .describe('Objects of a tracker are looked at once and keep what was said, until one of these holds.');

const Smoothing = z
  .strictObject({
    by: z
      .enum(['majority', 'average'])
      .describe('majority: the label most often told, the middle of numbers. average: the best mean score, the mean of numbers.'),
    over: z.int().min(2).max(100).default(5).describe('Looks that count, the last of all.'),
  })
  .describe('What is said of an object of a tracker is made of its last looks.');

const enabled = z
  .boolean()
  .default(true)
  .describe('false leaves the node out, and what reads nothing but it; it may be switched while the pipeline runs.');

/** A node that runs a model. */
export const ModelNodeConfig = z
  .strictObject({
    model: z.union([z.string(), CustomModel]).describe('A name of the catalogue (`ocellus models ls`), or a network of your own.'),
    on: z
      .union([z.literal('frame'), ObjectsRead], { error: 'write frame, or { objects: NODE }' })
      .default('frame')
      .describe('What the node reads: whole frames, or objects of another node.'),
    labels: z.array(z.string()).min(1).optional().describe('Keep these classes only.'),
    confidence: z.number().min(0).max(1).optional().describe("Least score kept; the model's own when absent."),
    maximumIou: z.number().min(0).max(1).optional().describe("IoU at which the weaker of two boxes goes; the model's own when absent."),
    limit: z.int().min(1).optional().describe("Most objects found in one picture, or labels told of a question; the model's own when absent."),
    everyFrames: z.int().min(1).default(1).describe('Look at every n-th frame of a stream only; trackers carry objects over the others.'),
    everySeconds: z
      .number()
      .positive()
      .optional()
      .describe('Look at one frame of a stream in so many seconds of media time: the first frame at or after each multiple.'),
    enabled,
    reinferEvery: Reinference.optional(),
    smooth: Smoothing.optional(),
    embedding: z.boolean().default(false).describe('Write the vector into the results; readers of the library have it without.'),
    engine: EngineUrl.optional().describe(
      'A server that runs the model instead of this machine, such as kserve://host:8001 (gRPC) or kserve+http://host:8000; the model is the one of the same name, or the one that the address names: kserve://host:8001/model.',
    ),
    placement: z
      .enum(['inline', 'thread', 'process'])
      .optional()
      .describe('Where the model runs; when absent, in threads, or, where a server runs it, inline.'),
    instances: z
      .int()
      .min(1)
      .max(64)
      .optional()
      .describe(
        'Copies of the model; when absent, one a core for whole frames and one for two cores for objects, or, where a server runs it, four connections to it.',
      ),
    maxBatch: z
      .int()
      .min(1)
      .max(256)
      .optional()
      .describe(
        'Most pictures in one run, of whatever frames and streams, where the network allows it; when absent, 1 for whole frames and 8 for objects, or, where a server runs it, 1: it makes batches itself.',
      ),
    maxDelayMs: z.number().min(0).max(1000).default(0).describe('How long a picture waits for company, in milliseconds.'),
    providers: z.array(z.string()).min(1).default(['cpu']).describe('Execution providers, best first.'),
    threads: z.int().min(1).max(64).default(1).describe('Threads of each copy.'),
  })
  .describe('A node that runs a model.');

/** The type of {@link ModelNodeConfig}. */
export type ModelNodeConfig = z.output<typeof ModelNodeConfig>;

const oneOrMore = z.union([Name.transform((name) => [name]), z.array(Name).min(1)]);

/** A node that gives objects an identity over time. */
export const TrackNodeConfig = z
  .strictObject({
    track: z.string().describe('Kind of tracker: bytetrack or sort.'),
    on: z
      .strictObject({
        objects: oneOrMore.describe('The node, or the list of nodes, whose objects are followed.'),
        labels: z.array(z.string()).min(1).optional().describe('Follow these classes only.'),
      })
      .describe('What the node reads.'),
    settings: z.record(z.string(), z.unknown()).default({}).describe('What this kind of tracker knows; listed below for each kind.'),
    enabled,
  })
  .describe('A node that follows objects: each gets a `trackId`.');

/** The type of {@link TrackNodeConfig}. */
export type TrackNodeConfig = z.output<typeof TrackNodeConfig>;

/** A node that counts crossings of lines. */
export const LinesNodeConfig = z
  .strictObject({
    analytics: z.literal('lines').describe('Counts objects that cross lines.'),
    on: z.strictObject({ objects: Name.describe('The tracker whose objects are watched.') }).describe('What the node reads.'),
    ...LineCounterSettings.shape,
    enabled,
  })
  .describe('A node that counts line crossings.');

/** The type of {@link LinesNodeConfig}. */
export type LinesNodeConfig = z.output<typeof LinesNodeConfig>;

const isMaker = (value: unknown): value is string | AlgorithmMaker => typeof value === 'function' || (typeof value === 'string' && value !== '');

/** A node that runs code of one's own. */
export const AlgorithmNodeConfig = z
  .strictObject({
    algorithm: z
      .custom<string | AlgorithmMaker>(isMaker, 'expected a file of JavaScript or TypeScript; in TypeScript also a class')
      .meta({ type: 'string' })
      .describe(
        'A file of JavaScript or TypeScript with a class that has init, run and close; a relative path starts at the configuration file. It is trusted: its code runs. In TypeScript also the class itself.',
      ),
    export: z.string().default('default').describe("Name of the file's export."),
    on: z
      .union(
        [
          z.literal('frame'),
          z.strictObject({
            objects: oneOrMore.describe('The node, or the list of nodes, whose objects are seen.'),
            labels: z.array(z.string()).min(1).optional().describe('See these classes only.'),
          }),
        ],
        { error: 'write frame, or { objects: NODE }' },
      )
      .default('frame')
      .describe('What the node reads beside the frame: nothing, or objects of other nodes.'),
    settings: z.record(z.string(), z.unknown()).default({}).describe('What init gets.'),
    frameCount: z.int().min(1).max(1000).default(1).describe('Frames of one run: the newest, and earlier ones.'),
    frameStep: z.int().min(0).max(1000).default(1).describe('Frames from one of them to the next; 0 is 1 with whenShort: partial.'),
    interval: z.number().min(0).default(0).describe('Media time from one run to the next, in seconds; 0 runs on every frame.'),
    firstRun: z
      .enum(['immediate', 'interval'])
      .default('immediate')
      .describe('Whether the first run is due at once, or when the interval has passed.'),
    whenShort: z
      .enum(['skip', 'wait', 'partial'])
      .default('wait')
      .describe(
        'What becomes of a run that is due before there are frames enough: left out, put off until there are, or done with those that are there.',
      ),
    wait: z
      .boolean()
      .default(true)
      .describe('Whether a frame waits for the run on it. If not, runs that are due meanwhile are left out, and a value comes with a later frame.'),
    timeoutMs: z.number().positive().optional().describe('Longest run, in milliseconds. Code that never awaits can be cut short with isolate only.'),
    enabled,
    isolate: z.boolean().default(false).describe('Runs it in a thread of its own, which is replaced when it hangs, crashes or exits.'),
    onError: z
      .union(
        [
          z.literal('fail'),
          z.strictObject({
            breakAfter: z.int().min(1).default(5).describe('Failures in a row after which it is left alone.'),
            retryAfterSeconds: z.number().min(0).default(30).describe('Media time until it is tried again, in seconds.'),
          }),
        ],
        { error: 'write fail, or { breakAfter: 5, retryAfterSeconds: 30 }' },
      )
      .prefault({})
      .describe('What becomes of a run that fails: an event, and in the end a pause; or fail, which ends the stream.'),
  })
  .refine(({ isolate, algorithm }) => !isolate || typeof algorithm === 'string', {
    path: ['isolate'],
    message: 'a class cannot travel to another thread: name its file in algorithm',
  })
  .describe('A node that runs code of your own.');

/** The type of {@link AlgorithmNodeConfig}. */
export type AlgorithmNodeConfig = z.output<typeof AlgorithmNodeConfig>;

/** A node: one of the kinds. */
export const NodeConfig = z.union([ModelNodeConfig, TrackNodeConfig, LinesNodeConfig, AlgorithmNodeConfig]).describe('A node.');

/** The type of {@link NodeConfig}. */
export type NodeConfig = z.output<typeof NodeConfig>;

/** Names of the nodes that a node reads; none where it reads frames. */
export function readsOf(node: NodeConfig): readonly string[] {
  if ('model' in node) return node.on === 'frame' ? [] : [node.on.objects];
  if ('algorithm' in node) return node.on === 'frame' ? [] : node.on.objects;
  return 'track' in node ? node.on.objects : [node.on.objects];
}
