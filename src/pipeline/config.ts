import { z } from 'zod';

const Name = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_-]*$/, 'a name begins with a letter and has letters, digits, - and _ only')
  .max(64);

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

/** A network of your own, described in place. */
export const CustomModel = z
  .strictObject({
    file: z.string().describe('The ONNX file; a relative path starts at the configuration file.'),
    picture: PictureConfig,
    head: HeadConfig,
    labels: z.array(z.string()).min(1).describe('Names of the classes by id.'),
  })
  .describe('A network of your own.');

/** The type of {@link CustomModel}. */
export type CustomModel = z.output<typeof CustomModel>;

/** Where frames come from. */
export const SourceConfig = z
  .union([
    z.string(),
    z.strictObject({
      uri: z.string().describe('File, address or synthetic: scene; a relative path starts at the configuration file.'),
      threads: z.int().min(1).max(64).optional().describe('Decoder threads.'),
    }),
  ])
  .transform((source) => (typeof source === 'string' ? { uri: source } : source))
  .describe('A source: its address, or an object with more settings.');

/** A node that runs a model. */
export const NodeConfig = z
  .strictObject({
    model: z.union([z.string(), CustomModel]).describe('A name of the catalogue (`ocellus models ls`), or a network of your own.'),
    on: z.literal('frame').default('frame').describe('What the node reads.'),
    labels: z.array(z.string()).min(1).optional().describe('Keep these classes only.'),
    confidence: z.number().min(0).max(1).optional().describe("Least score kept; the model's own when absent."),
    maximumIou: z.number().min(0).max(1).optional().describe("IoU at which the weaker of two boxes goes; the model's own when absent."),
    limit: z.int().min(1).optional().describe('Most objects of one frame.'),
    placement: z.enum(['inline', 'thread', 'process']).default('thread').describe('Where the model runs.'),
    instances: z.int().min(1).max(64).optional().describe('Copies of the model; the number of cores when absent.'),
    maxBatch: z.int().min(1).max(256).default(1).describe('Most frames in one run, where the network allows it.'),
    maxDelayMs: z.number().min(0).max(1000).default(0).describe('How long a frame waits for company, in milliseconds.'),
    providers: z.array(z.string()).min(1).default(['cpu']).describe('Execution providers, best first.'),
    threads: z.int().min(1).max(64).default(1).describe('Threads of each copy.'),
  })
  .describe('A node.');

/** The type of {@link NodeConfig}. */
export type NodeConfig = z.output<typeof NodeConfig>;

/** Where results go. */
export const SinkConfig = z
  .strictObject({
    jsonl: z.string().describe('File of one record a line; a relative path starts at the configuration file.'),
    overwrite: z.boolean().default(false).describe('Replace a file that is already there.'),
  })
  .describe('A sink.');

/** The configuration of a pipeline: one schema gives the types, the check, the JSON Schema and the reference page. */
export const PipelineConfig = z
  .strictObject({
    version: z.literal(1).describe('Version of this grammar.'),
    sources: z.record(Name, SourceConfig).describe('Sources by name; the name is the stream in the results.'),
    nodes: z.record(Name, NodeConfig).describe('Nodes by name; the name is the node in the results.'),
    sinks: z.record(Name, SinkConfig).default({}).describe('Sinks by name.'),
  })
  .superRefine((config, context) => {
    if (Object.keys(config.sources).length === 0) context.addIssue({ code: 'custom', path: ['sources'], message: 'name at least one source' });
    if (Object.keys(config.nodes).length === 0) context.addIssue({ code: 'custom', path: ['nodes'], message: 'name at least one node' });
  })
  .describe('A pipeline: sources, nodes and sinks.');

/** What inner code receives: defaults filled in, never checked again. */
export type PipelineConfig = z.output<typeof PipelineConfig>;

type DeepReadonly<T> = T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> } : T;

/** What people write; `as const` too. */
export type PipelineConfigInput = DeepReadonly<z.input<typeof PipelineConfig>>;

/** JSON Schema (draft 2020-12) of what people write, for editors. */
export function pipelineJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(PipelineConfig, { io: 'input' }) as Record<string, unknown>;
}
