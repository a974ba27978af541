import { relative, resolve } from 'node:path';
import { Command } from 'commander';
import { Fault, fail } from '../core/index.js';
import { type PipelineConfig, type PipelineConfigInput, type RunSummary, isAddress } from '../pipeline/index.js';
import type { CliContext } from './context.js';
import { drive, lossText, partialFault, streamName } from './drive.js';
import { type LineOption, addLine, list, more, number } from './option-values.js';
import { readConfig } from './read-config.js';
import { summaryText } from './run-summary-text.js';

/** Options of `run` that describe the pipeline; a configuration file says these itself. */
interface GraphOptions {
  readonly model?: string;
  readonly labels?: readonly string[];
  readonly confidence?: number;
  readonly every?: number;
  readonly realtime?: boolean;
  readonly tracker?: string;
  readonly line?: readonly LineOption[];
  readonly instances?: number;
  readonly provider?: readonly string[];
  readonly preset?: string;
  readonly crf?: number;
  readonly video: boolean;
  readonly audio: boolean;
  readonly report: boolean;
}

/** Options of `run`. */
export interface RunOptions extends GraphOptions {
  readonly output: string;
  readonly overwrite?: boolean;
  readonly json?: boolean;
  readonly algorithms?: readonly string[];
}

const DEFAULT_MODEL = 'coco-centernet';
const ACROSS: LineOption = { name: 'middle', from: [0, 0.5], to: [1, 0.5], units: 'fractions' };

/** Only what was said, so that defaults stay in one place. */
const said = <K extends string, V>(key: K, value: V | undefined): { [key in K]?: V } =>
  value === undefined ? {} : ({ [key]: value } as { [key in K]: V });

/** The four usual files in a folder: video, page, results and events. */
export function filesOf(
  folder: string,
  { overwrite = false, video = true, audio = true, report = true, preset, crf }: Partial<RunOptions>,
  streams = 1,
): Pick<PipelineConfigInput, 'outputs' | 'sinks'> {
  const annotated = resolve(folder, streams > 1 ? 'annotated-{stream}.mp4' : 'annotated.mp4');
  return {
    outputs: {
      ...(video ? { annotated: { video: annotated, overwrite, audio, ...said('preset', preset), ...said('crf', crf) } } : {}),
      ...(report ? { report: { report: resolve(folder, 'report.html'), overwrite } } : {}),
    },
    sinks: {
      results: { jsonl: resolve(folder, 'results.jsonl'), overwrite },
      events: { jsonl: resolve(folder, 'events.jsonl'), of: 'events', overwrite },
    },
  };
}

function configOfSource(source: string, options: RunOptions, cwd: string): PipelineConfigInput {
  const { model = DEFAULT_MODEL, labels, confidence, every, tracker = 'bytetrack', line = [ACROSS], instances, provider } = options;
  return {
    version: 1,
    ...said('mode', options.realtime ? ('realtime' as const) : undefined),
    sources: { [streamName(source)]: isAddress(source) ? source : resolve(cwd, source) },
    nodes: {
      detector: {
        model,
        ...said('labels', labels && [...labels]),
        ...said('confidence', confidence),
        ...said('everyFrames', every),
        ...said('instances', instances),
        ...said('providers', provider && [...provider]),
      },
      tracker: { track: tracker, on: { objects: 'detector' } },
      lines: { analytics: 'lines', on: { objects: 'tracker' }, lines: Object.fromEntries(line.map(({ name, ...rest }) => [name, rest])) },
    },
    ...filesOf(resolve(cwd, options.output), options, 1),
  };
}

const GRAPH_OPTIONS = ['realtime', 'model', 'labels', 'confidence', 'every', 'tracker', 'line', 'instances', 'provider', 'preset', 'crf'] as const;

/** The file's own outputs and sinks, or the usual four where it names none. */
function configOfFile(config: PipelineConfig, file: string, options: RunOptions, cwd: string): PipelineConfigInput {
  const given = GRAPH_OPTIONS.find((name) => options[name] !== undefined);
  const said = given === 'realtime' ? '"mode: realtime"' : 'it';
  if (given) fail('USAGE', `--${given} does not go with a configuration file: say ${said} in ${file}`);
  const hasOwn = Object.keys(config.outputs).length + Object.keys(config.sinks).length > 0;
  if (!hasOwn) return { ...config, ...filesOf(resolve(cwd, options.output), options, Object.keys(config.sources).length) };
  if (!options.overwrite) return config;
  const replaced = <T extends object>(all: Readonly<Record<string, T>>): Record<string, T> =>
    Object.fromEntries(Object.entries(all).map(([name, one]) => [name, 'overwrite' in one ? { ...one, overwrite: true } : one]));
  return { ...config, outputs: replaced(config.outputs), sinks: replaced(config.sinks) };
}

const isConfigFile = (source: string): boolean => !isAddress(source) && /\.(ya?ml|json)$/i.test(source);

async function configFor(source: string, options: RunOptions, context: CliContext): Promise<PipelineConfigInput> {
  const { cwd } = context;
  if (!isConfigFile(source)) return configOfSource(source, options, cwd);
  return configOfFile(await readConfig(source, context), source, options, cwd);
}

/** The command as it can be typed again. */
function commandLine(source: string, { output, video, audio, report, overwrite, json, line, algorithms = [], ...rest }: RunOptions): string {
  const word = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);
  const given = Object.entries(rest).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, word(String(value))]));
  const lines = (line ?? []).flatMap(({ name, from, to }) => ['--line', word(`${name}=${[...from, ...to].join(',')}`)]);
  const switches = Object.entries({ video, audio, report }).flatMap(([name, on]) => (on ? [] : [`--no-${name}`]));
  return [
    'ocellus run',
    word(source),
    ...given,
    ...lines,
    ...algorithms.flatMap((folder) => ['--algorithms', word(folder)]),
    ...switches,
    ...(overwrite ? ['--overwrite'] : []),
    ...(json ? ['--json'] : []),
    '-o',
    word(output),
  ].join(' ');
}

/** Files that the run leaves, as one would type them from here. */
export function filesLeft(config: PipelineConfigInput, summary: RunSummary, cwd: string): Record<string, string[]> {
  const near = (path: string): string => relative(cwd, path) || path;
  const made = Object.entries(summary.outputs).map(([name, files]) => [name, files.map(({ path }) => near(path))] as const);
  const sinks = Object.entries(config.sinks ?? {}).map(([name, { jsonl }]) => [name, [near(jsonl)]] as const);
  return Object.fromEntries([...made, ...sinks]);
}

async function runRun(source: string, options: RunOptions, context: CliContext): Promise<void> {
  const { stdout, stderr, cwd, drain } = context;
  const config = await configFor(source, options, context);
  const summary = await drive(config, context, {
    command: commandLine(source, options),
    algorithmFolders: (options.algorithms ?? []).map((folder) => resolve(cwd, folder)),
  });
  const files = filesLeft(config, summary, cwd);
  const { frames, objects, elapsedMs, streams } = summary;
  const seconds = elapsedMs / 1000;
  const fps = Number((frames / seconds).toFixed(1));
  stderr.write(lossText(summary));
  if (options.json)
    stdout.write(`${JSON.stringify({ command: 'run', source, files, frames, objects, seconds, fps, streams, interrupted: drain.aborted })}\n`);
  else stderr.write(await summaryText(summary, cwd, files));
  const fault = partialFault(summary);
  if (fault) throw fault;
  if (drain.aborted) throw new Fault('CANCELLED', `interrupted; what was done by then (${frames} frames) is complete`);
}

/** `ocellus run SOURCE|CONFIG -o DIR` */
export function runCommand(context: CliContext): Command {
  return new Command('run')
    .summary('find, follow, count and draw what is in a video')
    .description(
      'Finds objects in a video, follows them, counts what crosses a line, and leaves in DIR: annotated.mp4, report.html, results.jsonl and events.jsonl.\nWith a configuration file (.yaml, .yml, .json) it runs the pipeline that the file describes.',
    )
    .argument('<source>', 'video file, address, synthetic: scene, or configuration file')
    .option('-m, --model <name>', `a detector of the catalogue (default: ${DEFAULT_MODEL}; see: ocellus models ls)`)
    .option('-o, --output <dir>', 'folder for what it leaves', 'out')
    .option('--overwrite', 'replace files that are already there')
    .option('--labels <names>', 'keep these classes only, such as person,car', list)
    .option('--confidence <share>', "least score kept, 0 to 1 (default: the model's own)", number(0, 1))
    .option(
      '--line <x1,y1,x2,y2>',
      'a line to watch, in fractions or pixels; name=x1,y1,x2,y2 names it; may be repeated (default: across the middle)',
      addLine,
    )
    .option('--tracker <kind>', 'how objects are followed (default: bytetrack)')
    .option('--every <n>', 'look at every n-th frame only; tracks are carried over the others', number(1, 1000, true))
    .option('--realtime', 'at the pace of the video or camera, dropping what comes too fast, instead of every frame as fast as it goes')
    .option('--no-video', 'leave no annotated.mp4')
    .option('--no-audio', 'leave out the sound')
    .option('--no-report', 'leave no report.html')
    .option('--preset <name>', 'x264 preset (default: veryfast)')
    .option('--crf <n>', 'x264 quality, 0 (lossless) to 51 (default: 23)', number(0, 51))
    .option('--instances <n>', 'copies of the model at work (default: one a core)', number(1, 64, true))
    .option('--provider <names>', 'execution providers, best first, such as webgpu,cpu', list)
    .option(
      '--algorithms <folder>',
      "let algorithms of a configuration file be loaded from here too, beside the file's own folder; may be repeated",
      more,
    )
    .option('--json', 'print one summary object on stdout')
    .addHelpText(
      'after',
      '\nExamples:\n  ocellus run street.mp4\n  ocellus run street.mp4 --labels car,bus --line gate=0.1,0.6,0.9,0.6 -o out\n  ocellus run pipeline.yaml\n',
    )
    .action((source: string, options: RunOptions) => runRun(source, options, context));
}
