import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import type { InferResult, WantedOutput } from '../client/index.js';
import { fail, throwIfAborted, toFault, type Tensor } from '../core/index.js';
import type { ParameterValue } from '../wire/index.js';
import type { CliContext } from './context.js';
import { writeNpy } from './infer/npy.js';
import { readInputs, type InputWords } from './infer/read-input.js';
import { number } from './option-values.js';
import { addShape, type Shapes } from './perf/range.js';
import { askModel, openClient, withServerOptions, type ServerFlags } from './server-connection.js';

interface InferFlags extends ServerFlags {
  readonly modelVersion?: string;
  readonly input?: InputWords;
  readonly shape?: Shapes;
  readonly output?: readonly OutputWords[];
  readonly classes?: number;
  readonly id?: string;
  readonly sequence?: string;
  readonly start?: boolean;
  readonly end?: boolean;
  readonly parameter?: Readonly<Record<string, ParameterValue>>;
  readonly divide: number;
  readonly timeout?: number;
  readonly stream?: boolean;
  readonly json?: boolean;
}

interface OutputWords {
  readonly name: string;
  /** A .npy file. */
  readonly file?: string;
}

function addInput(text: string, before: InputWords = {}): InputWords {
  const at = text.indexOf('=');
  if (at <= 0 || at === text.length - 1) throw new InvalidArgumentError('write NAME=@FILE, NAME=random, NAME=zero or NAME=VALUE,VALUE,...');
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}

function addOutput(text: string, before: readonly OutputWords[] = []): readonly OutputWords[] {
  const [, name = '', file] = /^([^=]+)(?:=@?(.+\.npy))?$/.exec(text) ?? [];
  if (name === '') throw new InvalidArgumentError('write NAME or NAME=FILE.npy');
  return [...before, { name, ...(file !== undefined && { file }) }];
}

function parameterValue(text: string): ParameterValue {
  if (text === 'true' || text === 'false') return text === 'true';
  if (/^-?\d+$/.test(text)) return BigInt(text);
  return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
}

function addParameter(text: string, before: Readonly<Record<string, ParameterValue>> = {}): Readonly<Record<string, ParameterValue>> {
  const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new InvalidArgumentError('write NAME=VALUE');
  return { ...before, [name]: parameterValue(value) };
}

const utf8 = new TextDecoder();

/** Elements as JSON has them; 64-bit integers as texts, since readers of JSON lose their last digits. */
function elementsOf(tensor: Tensor): unknown[] {
  if (tensor.datatype === 'BYTES') return tensor.data.map((bytes) => utf8.decode(bytes));
  if (tensor.datatype === 'BOOL') return Array.from(tensor.data, Boolean);
  return Array.from(tensor.data as Iterable<number | bigint>, (value) => (typeof value === 'bigint' ? value.toString() : value));
}

const SHOWN = 12;

function tensorText(tensor: Tensor): string {
  const elements = elementsOf(tensor);
  const shown = elements
    .slice(0, SHOWN)
    .map((value) => (typeof value === 'string' && tensor.datatype === 'BYTES' ? JSON.stringify(value) : String(value)));
  const more = elements.length > SHOWN ? `, ... (${elements.length} in all)` : '';
  return `${tensor.name}  ${tensor.datatype} [${tensor.shape.join(',')}]  ${shown.join(', ')}${more}\n`;
}

function resultJson(result: InferResult, elapsedMs: number): unknown {
  const outputs = result.outputs.map(({ name }) => result.output(name));
  return {
    model: result.model,
    version: result.version,
    ...(result.id === '' ? {} : { id: result.id }),
    parameters: Object.fromEntries([...result.parameters].map(([key, value]) => [key, typeof value === 'bigint' ? Number(value) : value])),
    outputs: outputs.map((tensor) => ({ name: tensor.name, datatype: tensor.datatype, shape: tensor.shape, data: elementsOf(tensor) })),
    elapsedMs: Number(elapsedMs.toFixed(3)),
  };
}

async function writeOutputs(result: InferResult, outputs: readonly OutputWords[], { cwd, stderr }: CliContext): Promise<void> {
  for (const { name, file } of outputs) {
    if (file === undefined) continue;
    const path = resolve(cwd, file);
    await writeFile(path, writeNpy(result.output(name))).catch((error: unknown) => {
      throw toFault(error, 'OUTPUT_FAILED', `cannot write ${path}: `);
    });
    stderr.write(`${name} -> ${file}\n`);
  }
}

async function tell(result: InferResult, elapsedMs: number, flags: InferFlags, context: CliContext): Promise<void> {
  await writeOutputs(result, flags.output ?? [], context);
  if (flags.json) context.stdout.write(`${JSON.stringify(resultJson(result, elapsedMs))}\n`);
  else for (const { name } of result.outputs) context.stdout.write(tensorText(result.output(name)));
}

async function runInfer(model: string, flags: InferFlags, context: CliContext): Promise<void> {
  const { modelVersion: version = '', input = {}, shape = {}, output = [], classes, drain = context.drain } = { ...flags, drain: context.drain };
  throwIfAborted(drain);
  await using client = await openClient(flags, context);
  const { inputs: specs, maxBatch } = await askModel(client, model, version, drain);
  const words = Object.keys(input).length > 0 ? input : Object.fromEntries(specs.map(({ name }) => [name, 'zero']));
  if (Object.keys(input).length === 0) context.stderr.write('No --input is given: every input is zero.\n');
  const batched = maxBatch > 0;
  const inputs = await readInputs(
    words,
    specs.map((spec) => ({ ...spec, batched })),
    { cwd: context.cwd, shapes: shape, divisor: flags.divide },
  );
  const wanted: WantedOutput[] = output.map(({ name }) => ({ name, ...(classes !== undefined && { classification: classes }) }));
  if (classes !== undefined && wanted.length === 0) fail('USAGE', '--classes needs an --output: which output are the classes of?');
  const options = {
    version,
    signal: drain,
    outputs: wanted,
    ...(flags.id !== undefined && { id: flags.id }),
    ...(flags.parameter && { parameters: flags.parameter }),
    ...(flags.timeout !== undefined && { timeoutMs: flags.timeout }),
    ...((flags.sequence !== undefined || flags.start || flags.end) && {
      sequence: { ...(flags.sequence !== undefined && { id: sequenceId(flags.sequence) }), start: flags.start ?? false, end: flags.end ?? false },
    }),
  };
  const startMs = performance.now();
  if (!flags.stream) return tell(await client.infer(model, inputs, options), performance.now() - startMs, flags, context);
  for await (const result of client.inferStream(model, inputs, options)) await tell(result, performance.now() - startMs, flags, context);
}

const sequenceId = (text: string): bigint | string => (/^\d+$/.test(text) ? BigInt(text) : text);

/** `ocellus infer MODEL -u URL --input NAME=@FILE` */
export function inferCommand(context: CliContext): Command {
  const command = new Command('infer')
    .summary('run a model of a server once')
    .description('Sends one request to a model of a KServe v2 server (Ocellus, Triton and others) and prints what it answers.')
    .argument('<model>', 'name of the model');
  return withServerOptions(command)
    .option('--model-version <n>', "version of the model (default: the server's choice)")
    .option(
      '--input <name=what>',
      'what an input holds: @FILE (.npy, .json, a picture; any file for BYTES), random, zero, or values; may be repeated (default: zero)',
      addInput,
    )
    .option('--shape <name:sizes>', 'size of an input where the model leaves it open, without the batch, such as images:224,224,3', addShape)
    .option('--divide <n>', 'what the bytes of a picture are divided by for an FP32 input', number(1, 255), 1)
    .option('--output <name[=file]>', 'an output to ask for, and a .npy file to write it to; may be repeated (default: all)', addOutput)
    .option('--classes <n>', 'the best so many classes of each --output, instead of its values', number(1, 1000, true))
    .option('--id <text>', 'id of the request')
    .option('--sequence <id>', 'id of the sequence that the request belongs to')
    .option('--start', 'the request starts its sequence')
    .option('--end', 'the request ends its sequence')
    .option('--parameter <name=value>', 'parameter for the model; may be repeated', addParameter)
    .option('--timeout <ms>', 'how long to wait for the answer', number(1, 2 ** 31 - 1))
    .option('--stream', 'take any number of answers, as a decoupled model gives them')
    .option('--json', 'print one object for each answer on stdout')
    .addHelpText(
      'after',
      '\nExamples:\n  ocellus infer simple -u 127.0.0.1:8001 --input INPUT0=random --input INPUT1=1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16\n  ocellus infer classifier -i http --input images=@cat.jpg --output scores --classes 5\n',
    )
    .action((model: string, flags: InferFlags) => runInfer(model, flags, context));
}
