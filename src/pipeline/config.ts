import { z } from 'zod';
import { didYouMean, toFault } from '../core/index.js';
import { BUILT_IN_TRACKERS, createTracker } from '../tracking/index.js';
import { Name, NodeConfig, readsOf } from './config-nodes.js';
import { OutputConfig, SinkConfig, WALL_NAME, liveStreams, wallOf } from './config-outputs.js';
import { tileLayout } from './outputs/tiles/tile-layout.js';
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

const fits: Readonly<Record<'model' | 'track' | 'analytics', (read: NodeConfig) => string | undefined>> = {
  model: (read) => ('analytics' in read ? 'a model looks at objects of a node with a model, or of a tracker' : undefined),
  track: (read) => ('model' in read ? undefined : 'a tracker reads nodes with a model'),
  analytics: (read) => ('track' in read ? undefined : 'lines are counted on the objects of a tracker'),
};

function checkReads(name: string, nodes: Nodes, complain: Complain): void {
  const node = nodes[name]!;
  const fit = fits['model' in node ? 'model' : 'track' in node ? 'track' : 'analytics'];
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

/** Streams that an output names are there, and its wall has room for them. */
function checkWalls(name: string, output: OutputConfig, sources: readonly string[], complain: Complain): void {
  const known = (path: readonly string[], streams: readonly string[] = []): void => {
    for (const stream of streams)
      if (!sources.includes(stream))
        complain(
          ['outputs', name, ...path],
          `there is no source "${stream}".${didYouMean(stream, sources)} There are: ${sources.join(', ') || 'none'}`,
        );
  };
  if ('live' in output) {
    known(['of'], liveStreams(output));
    if (output.tiles && sources.includes(WALL_NAME))
      complain(['outputs', name, 'tiles'], `the wall is served under the name "${WALL_NAME}"; give the source of that name another one`);
  }
  const wall = wallOf(output);
  if (!wall) return;
  const at = 'live' in output ? ['tiles'] : [];
  known([...at, 'streams'], wall.streams);
  try {
    tileLayout({ ...wall, aspects: (wall.streams ?? sources).map(() => 16 / 9) });
  } catch (error) {
    complain(['outputs', name, ...at], toFault(error).message);
  }
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
    for (const [name, output] of Object.entries(config.outputs)) {
      checkWalls(name, output, Object.keys(config.sources), complain);
      if ('video' in output && Object.keys(config.sources).length > 1 && !output.video.includes('{stream}'))
        complain(['outputs', name, 'video'], 'with several sources the name must have {stream} in it, such as annotated-{stream}.mp4');
    }
  })
  .describe('A pipeline: sources, nodes, outputs and sinks.');

/** What inner code receives: defaults filled in, never checked again. */
export type PipelineConfig = z.output<typeof PipelineConfig>;

type DeepReadonly<T> = T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> } : T;

/** What people write; `as const` too. */
export type PipelineConfigInput = DeepReadonly<z.input<typeof PipelineConfig>>;

/** JSON Schema (draft 2020-12) of what people write, for editors. */
export function pipelineJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(PipelineConfig, { io: 'input' }) as Record<string, unknown>;
}
