import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { InferenceClient } from '../client/index.js';
import { Fault, fail, systemClock, throwIfAborted, toFault, type Tensor } from '../core/index.js';
import type { ModelStatistics } from '../wire/index.js';
import type { CliContext } from './context.js';
import { number } from './option-values.js';
import { readInputFile } from './perf/input-file.js';
import { loadByConcurrency, loadByRate, type Arrivals, type Load, type Sender } from './perf/load.js';
import { madeInputs } from './perf/made-inputs.js';
import { measureLevel, type LevelResult } from './perf/measure.js';
import { addShape, range, wholeRange, type Shapes } from './perf/range.js';
import { csvText, levelRecord, tableHead, tableRow, type LevelKind } from './perf/report.js';
import { plainSenders, sequenceSenders, type PerfRequest } from './perf/sequence-senders.js';
import { openSharedInputs } from './perf/shared-inputs.js';
import { askModel, openClient, withServerOptions, type ModelFacts, type ServerFlags } from './server-connection.js';
import { formatTable } from './table.js';

interface PerfFlags extends ServerFlags {
  readonly model: string;
  readonly modelVersion?: string;
  readonly batchSize: number;
  readonly concurrencyRange?: readonly number[];
  readonly requestRateRange?: readonly number[];
  readonly requestDistribution: Arrivals;
  readonly sharedMemory: 'none' | 'system';
  readonly outputSharedMemorySize: number;
  readonly shape?: Shapes;
  readonly inputData: string;
  readonly sequenceLength?: number;
  readonly stringLength: number;
  readonly measurementInterval: number;
  readonly stabilityPercentage: number;
  readonly percentile?: number;
  readonly maxTrials: number;
  readonly latencyThreshold?: number;
  readonly file?: string;
  readonly json?: boolean;
}

function checkBatch({ batchSize, model }: PerfFlags, { maxBatch }: ModelFacts): number | undefined {
  if (maxBatch === 0 && batchSize > 1) fail('INVALID_ARGUMENT', `--batch-size ${batchSize}: model "${model}" has no batch axis`);
  if (maxBatch > 0 && batchSize > maxBatch) fail('INVALID_ARGUMENT', `--batch-size ${batchSize}: model "${model}" takes at most ${maxBatch}`);
  return maxBatch > 0 ? batchSize : undefined;
}

async function inputsOf(flags: PerfFlags, facts: ModelFacts, { cwd }: CliContext): Promise<readonly (readonly Tensor[])[]> {
  const { inputData, shape: shapes = {}, stringLength } = flags;
  const batch = checkBatch(flags, facts);
  if (inputData === 'random' || inputData === 'zero')
    return [madeInputs(facts.inputs, { data: inputData, batch, shapes, stringLength, random: Math.random })];
  return readInputFile(resolve(cwd, inputData), facts.inputs, batch);
}

/** The model's counters; undefined where the server keeps none. */
async function statisticsOf(client: InferenceClient, model: string, version: string): Promise<readonly ModelStatistics[] | undefined> {
  try {
    return await client.statistics(model, { version });
  } catch (error) {
    if (error instanceof Fault && (error.code === 'UNSUPPORTED' || error.code === 'NOT_FOUND')) return undefined;
    throw error;
  }
}

interface Levels {
  readonly kind: LevelKind;
  readonly levels: readonly number[];
  load(level: number): Load;
}

/** Ids of the sequences of one run begin here, so that those of two runs do not meet. */
const firstSequenceId = (): bigint => (BigInt(Math.floor(Math.random() * 2 ** 32)) << 16n) + 1n;

function levelsOf(flags: PerfFlags, client: InferenceClient, requests: readonly PerfRequest[]): Levels {
  const { concurrencyRange, requestRateRange, requestDistribution, sequenceLength, model, modelVersion = '' } = flags;
  if (concurrencyRange && requestRateRange) fail('USAGE', 'give --concurrency-range or --request-rate-range, not both');
  if (requestRateRange && sequenceLength !== undefined) fail('USAGE', '--sequence-length needs --concurrency-range: so many sequences at a time');
  const plain = plainSenders(client, model, modelVersion, requests);
  if (requestRateRange)
    return {
      kind: 'request-rate',
      levels: requestRateRange,
      load: (level) => loadByRate(plain, level, requestDistribution, systemClock),
    };
  const first = firstSequenceId();
  const sendersOf = (worker: number): readonly Sender[] =>
    sequenceLength === undefined
      ? plain
      : sequenceSenders(client, model, modelVersion, requests, { id: first + BigInt(worker), length: sequenceLength });
  return {
    kind: 'concurrency',
    levels: concurrencyRange ?? [1],
    load: (level) => loadByConcurrency(sendersOf, level, systemClock),
  };
}

/** Share of a core from which on the client itself is what limits. */
const BUSY_CLIENT = 0.9;

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

async function measureAll(
  flags: PerfFlags,
  { kind, levels, load }: Levels,
  statistics: () => Promise<readonly ModelStatistics[] | undefined>,
  context: CliContext,
): Promise<LevelResult[]> {
  const { stderr, drain } = context;
  const rules = {
    percent: flags.stabilityPercentage,
    windowMs: flags.measurementInterval,
    most: flags.maxTrials,
    ...(flags.percentile !== undefined && { percentile: flags.percentile }),
  };
  const results: LevelResult[] = [];
  for (const level of levels) {
    stderr.write(`${kind} ${level}\n`);
    const tools = { clock: systemClock, signal: drain, statistics, cpuMs, progress: (text: string) => stderr.write(`  ${text}\n`) };
    const result = await measureLevel(level, flags.batchSize, load(level), rules, tools);
    results.push(result);
    if (result.firstFailure)
      stderr.write(`  ${result.failures} requests failed, the first with ${result.firstFailure.code}: ${result.firstFailure.message}\n`);
    if (result.clientCpu > BUSY_CLIENT)
      stderr.write(`  this process used ${(result.clientCpu * 100).toFixed(0)} % of a core: the figures may be its limit rather than the server's\n`);
    if (result.requests === 0) break;
    const { latencyThreshold, percentile } = flags;
    const latencyMs = percentile === undefined ? result.latencies.mean : result.latencies.percentile(percentile);
    if (latencyThreshold !== undefined && latencyMs > latencyThreshold) {
      stderr.write(`  beyond --latency-threshold ${latencyThreshold} ms: no higher level is measured\n`);
      break;
    }
  }
  return results;
}

async function writeReport(path: string, kind: LevelKind, results: readonly LevelResult[]): Promise<void> {
  const text = path.endsWith('.json')
    ? `${JSON.stringify(
        results.map((result) => levelRecord(kind, result)),
        null,
        2,
      )}\n`
    : csvText(kind, results);
  await writeFile(path, text).catch((error: unknown) => {
    throw toFault(error, 'OUTPUT_FAILED', `cannot write ${path}: `);
  });
}

async function runPerf(flags: PerfFlags, context: CliContext): Promise<void> {
  const { model, modelVersion: version = '', file, json } = flags;
  const { stdout, cwd, drain } = context;
  throwIfAborted(drain);
  await using client = await openClient(flags, context);
  // Counters are read over a connection of their own, so that they do not wait behind the load.
  await using observer = await openClient(flags, context);
  const facts = await askModel(client, model, version, drain);
  const inputs = await inputsOf(flags, facts, context);
  await using shared =
    flags.sharedMemory === 'system' ? await openSharedInputs(observer, inputs, facts.outputs, flags.outputSharedMemorySize) : undefined;
  const requests = shared?.requests ?? inputs.map((tensors) => ({ inputs: tensors, outputs: [] }));
  const plan = levelsOf(flags, client, requests);
  const results = await measureAll(flags, plan, () => statisticsOf(observer, model, version), context);
  if (file !== undefined) await writeReport(resolve(cwd, file), plan.kind, results);
  if (json)
    stdout.write(
      `${JSON.stringify({ command: 'perf', model, protocol: flags.protocol, batchSize: flags.batchSize, levels: results.map((result) => levelRecord(plan.kind, result)) })}\n`,
    );
  else stdout.write(formatTable(tableHead(plan.kind), results.map(tableRow)));
  const failed = results.find(({ requests: count }) => count === 0);
  if (failed) throw failed.firstFailure ?? new Fault('UNAVAILABLE', 'no request was answered');
}

function inputData(text: string): string {
  if (text === 'random' || text === 'zero' || text.endsWith('.json')) return text;
  throw new InvalidArgumentError('must be random, zero or a .json file');
}

/** `ocellus perf -m MODEL -u URL --concurrency-range 1:16:2` */
export function perfCommand(context: CliContext): Command {
  const command = new Command('perf')
    .summary('measure a model of a server under load')
    .description(
      'Loads a model of a KServe v2 server and measures how many requests it answers and how fast, in the manner of perf_analyzer: at each level, windows are measured until three agree.',
    )
    .requiredOption('-m, --model <name>', 'name of the model')
    .option('-x, --model-version <n>', "version of the model (default: the server's choice)");
  return withServerOptions(command)
    .option('-b, --batch-size <n>', 'rows of each request', number(1, 65_536, true), 1)
    .option('--concurrency-range <start:end:step>', 'requests under way at a time (default: 1)', wholeRange)
    .option('--request-rate-range <start:end:step>', 'requests a second, whether or not earlier ones are answered', range)
    .addOption(
      new Option('--request-distribution <name>', 'distances of requests at a rate: even, or as of independent callers')
        .choices(['constant', 'poisson'])
        .default('constant'),
    )
    .addOption(new Option('--shared-memory <kind>', 'where inputs and outputs lie').choices(['none', 'system']).default('none'))
    .option('--output-shared-memory-size <bytes>', 'room for each output whose size the model leaves open', number(1, 2 ** 31 - 1, true), 102_400)
    .option('--shape <name:sizes>', 'size of an input where the model leaves it open, without the batch; may be repeated', addShape)
    .option('--input-data <what>', 'what inputs hold: random, zero or a .json file of perf_analyzer', inputData, 'random')
    .option(
      '--sequence-length <n>',
      'requests of each sequence, for models that keep state; as many sequences at a time as requests',
      number(1, 1_000_000, true),
    )
    .option('--string-length <n>', 'length of made BYTES elements', number(0, 1_000_000, true), 128)
    .option('--measurement-interval <ms>', 'length of a window', number(10, 600_000), 5000)
    .option('-s, --stability-percentage <n>', 'by how much windows may differ', number(0.1, 100), 10)
    .option('--percentile <n>', 'the latency that must be stable, and that --latency-threshold looks at (default: the mean)', number(1, 99.99))
    .option('-r, --max-trials <n>', 'windows at most at each level', number(3, 1000, true), 10)
    .option('-l, --latency-threshold <ms>', 'measure no higher level once the latency is beyond it', number(0.001, 3_600_000))
    .option('-f, --file <path>', 'write the results there as CSV, or as JSON for a name that ends with .json')
    .option('--json', 'print one object on stdout instead of the table')
    .addHelpText('after', '\nExample:\n  ocellus perf -m simple -u 127.0.0.1:8001 --concurrency-range 1:16:5 -f simple.csv\n')
    .action((flags: PerfFlags) => runPerf(flags, context));
}
