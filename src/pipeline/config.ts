import { z } from 'zod';
import { didYouMean, toFault } from '../core/index.js';
import { BUILT_IN_TRACKERS, createTracker } from '../tracking/index.js';
import { NodeConfig, readsOf } from './config-nodes.js';
import { OutputConfig, SinkConfig, WALL_NAME, liveStreams, wallOf } from './config-outputs.js';
import { Name, SourceConfig } from './config-sources.js';
import { tileLayout } from './outputs/tiles/tile-layout.js';
import { planOrder } from './plan.js';

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

function checkRate(name: string, node: NodeConfig, complain: Complain): void {
  if ('model' in node && node.everySeconds !== undefined && node.everyFrames > 1)
    complain(['nodes', name, 'everySeconds'], 'say everyFrames or everySeconds, not both');
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

function checkStreamNodes(source: string, wanted: readonly string[], known: readonly string[], complain: Complain): void {
  for (const node of wanted)
    if (!known.includes(node))
      complain(['sources', source, 'nodes', node], `there is no node "${node}".${didYouMean(node, known)} There are: ${known.join(', ') || 'none'}`);
}

function checkGraph(nodes: Nodes, complain: Complain): void {
  for (const [name, node] of Object.entries(nodes)) checkTracker(name, node, complain);
  for (const [name, node] of Object.entries(nodes)) checkRate(name, node, complain);
  for (const name of Object.keys(nodes)) checkReads(name, nodes, complain);
  for (const name of Object.keys(nodes)) checkMemory(name, nodes, complain);
  const { loop } = planOrder(nodes);
  if (loop) complain(['nodes', loop[0]!], `these nodes wait for each other: ${[...loop, loop[0]].join(' -> ')}`);
}

const RealtimeConfig = z
  .strictObject({
    queue: z.int().min(1).max(1000).default(1).describe('Frames of a stream that may wait for a model.'),
    overflow: z
      .enum(['oldest', 'newest'])
      .default('oldest')
      .describe('Which frame is dropped when one more comes: oldest keeps the pipeline current, newest keeps what waits.'),
  })
  .describe('How a realtime pipeline stays current.');
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
    mode: z
      .enum(['offline', 'realtime'])
      .default('offline')
      .describe(
        'offline: every frame, as fast as the machine goes. realtime: as things happen; files play at their own pace, and frames that come too fast are dropped and counted.',
      ),
    realtime: RealtimeConfig.prefault({}),
    plan: z
      .enum(['auto', 'serial', 'parallel'])
      .default('auto')
      .describe(
        'Whether nodes that do not wait for each other work on a frame at the same time. auto: serial for two models or fewer, else what is faster at the start. Results are the same.',
      ),
    watchdogSeconds: z
      .number()
      .min(0)
      .max(3600)
      .default(10)
      .describe('When nothing has moved for so long, the log tells who waits for whom; 0 for never.'),
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
    for (const [name, source] of Object.entries(config.sources))
      checkStreamNodes(name, Object.keys(source.nodes), Object.keys(config.nodes), complain);
    for (const [name, output] of Object.entries(config.outputs)) {
      checkWalls(name, output, Object.keys(config.sources), complain);
      if ('video' in output && Object.keys(config.sources).length > 1 && !output.video.includes('{stream}'))
        complain(['outputs', name, 'video'], 'with several sources the name must have {stream} in it, such as annotated-{stream}.mp4');
    }
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
