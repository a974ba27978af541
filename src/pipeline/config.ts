import { z } from 'zod';
import { didYouMean, toFault } from '../core/index.js';
import { BUILT_IN_TRACKERS, createTracker } from '../tracking/index.js';
import { Name, NodeConfig, readsOf } from './config-nodes.js';
import { OutputConfig, SinkConfig } from './config-outputs.js';
import { planOrder } from './plan.js';

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

type Complain = (path: readonly string[], message: string) => void;
type Nodes = Readonly<Record<string, NodeConfig>>;

type Kind = 'model' | 'track' | 'analytics' | 'algorithm';

const KINDS: readonly Kind[] = ['model', 'track', 'analytics', 'algorithm'];

const kindOf = (node: NodeConfig): Kind => KINDS.find((kind) => kind in node)!;

const fits: Readonly<Record<Kind, (read: NodeConfig) => string | undefined>> = {
  algorithm: (read) => ('analytics' in read ? 'lines have no objects: read the tracker whose objects cross them' : undefined),
  model: (read) => ('analytics' in read ? 'a model looks at objects of a node with a model, or of a tracker' : undefined),
  track: (read) => ('model' in read || 'algorithm' in read ? undefined : 'a tracker reads nodes with a model, or with an algorithm of your own'),
  analytics: (read) => ('track' in read ? undefined : 'lines are counted on the objects of a tracker'),
};

function checkReads(name: string, nodes: Nodes, complain: Complain): void {
  const node = nodes[name]!;
  const fit = fits[kindOf(node)];
  for (const read of readsOf(node)) {
    const known = nodes[read];
    const path = ['nodes', name, 'on', 'objects'];
    const others = Object.keys(nodes).filter((each) => each !== name);
    if (!known) complain(path, `there is no node "${read}".${didYouMean(read, others)} There are: ${others.join(', ') || 'none'}`);
    else {
      const why = fit(known);
      if (why) complain(path, `"${read}" does not fit: ${why}`);
    }
  }
}

function checkMemory(name: string, nodes: Nodes, complain: Complain): void {
  const node = nodes[name]!;
  if (!('model' in node)) return;
  const read = node.on === 'frame' ? undefined : nodes[node.on.objects];
  if (read ? 'track' in read : node.on !== 'frame') return;
  for (const key of ['reinferEvery', 'smooth'] as const)
    if (node[key]) complain(['nodes', name, key], 'only objects of a tracker are known again on the next frame: write on: { objects: TRACKER }');
}

function checkTracker(name: string, node: NodeConfig, complain: Complain): void {
  if (!('track' in node)) return;
  try {
    createTracker(node.track, node.settings);
  } catch (error) {
    const known = BUILT_IN_TRACKERS.some(({ type }) => type === node.track);
    complain(['nodes', name, known ? 'settings' : 'track'], toFault(error).message);
  }
}

function checkGraph(nodes: Nodes, complain: Complain): void {
  for (const [name, node] of Object.entries(nodes)) checkTracker(name, node, complain);
  for (const name of Object.keys(nodes)) checkReads(name, nodes, complain);
  for (const name of Object.keys(nodes)) checkMemory(name, nodes, complain);
  const { loop } = planOrder(nodes);
  if (loop) complain(['nodes', loop[0]!], `these nodes wait for each other: ${[...loop, loop[0]].join(' -> ')}`);
}

/** The configuration of a pipeline: one schema gives the types, the check, the JSON Schema and the reference page. */
export const PipelineConfig = z
  .strictObject({
    version: z.literal(1).describe('Version of this grammar.'),
    sources: z.record(Name, SourceConfig).describe('Sources by name; the name is the stream in the results.'),
    nodes: z.record(Name, NodeConfig).describe('Nodes by name; the name is the node in the results.'),
    outputs: z.record(Name, OutputConfig).default({}).describe('What a run leaves for people to look at, by name.'),
    sinks: z.record(Name, SinkConfig).default({}).describe('Sinks by name.'),
  })
  .superRefine((config, context) => {
    const complain: Complain = (path, message) => context.addIssue({ code: 'custom', path: [...path], message });
    if (Object.keys(config.sources).length === 0) complain(['sources'], 'name at least one source');
    if (Object.keys(config.nodes).length === 0) complain(['nodes'], 'name at least one node');
    checkGraph(config.nodes, complain);
    for (const [name, output] of Object.entries(config.outputs))
      if ('video' in output && Object.keys(config.sources).length > 1 && !output.video.includes('{stream}'))
        complain(['outputs', name, 'video'], 'with several sources the name must have {stream} in it, such as annotated-{stream}.mp4');
  })
  .describe('A pipeline: sources, nodes, outputs and sinks.');

/** What inner code receives: defaults filled in, never checked again. */
export type PipelineConfig = z.output<typeof PipelineConfig>;

type Callable = ((...args: never[]) => unknown) | (abstract new (...args: never[]) => unknown);

type DeepReadonly<T> = T extends Callable ? T : T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> } : T;

/**
 * Key of the folder that a configuration was read from. Not text, so that nobody who sends a configuration can claim one.
 */
export const CONFIG_FOLDER: unique symbol = Symbol('folder of the configuration');

/** What people write; `as const` too. */
export type PipelineConfigInput = DeepReadonly<z.input<typeof PipelineConfig>> & { readonly [CONFIG_FOLDER]?: string };

/** JSON Schema (draft 2020-12) of what people write, for editors. */
export function pipelineJsonSchema(): Record<string, unknown> {
  // A class cannot be written down; the text form of it can, and says so itself.
  return z.toJSONSchema(PipelineConfig, { io: 'input', unrepresentable: 'any' }) as Record<string, unknown>;
}
