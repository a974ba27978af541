import { fail } from '../../../core/index.js';
import type { ModelConfig } from '../../../wire/index.js';

/** A step: a model, and which tensor of the ensemble each of its inputs and outputs is. */
export interface EnsembleStep {
  readonly model: string;
  /** '' is the newest. */
  readonly version: string;
  /** Tensor of the ensemble by input of the model. */
  readonly inputs: ReadonlyMap<string, string>;
  /** Tensor of the ensemble by output of the model. */
  readonly outputs: ReadonlyMap<string, string>;
}

/** The steps of an ensemble, and how often each tensor is read: by steps, and by the answer. */
export interface EnsembleGraph {
  readonly steps: readonly EnsembleStep[];
  readonly readers: ReadonlyMap<string, number>;
  /** Names of the ensemble's outputs. */
  readonly outputs: readonly string[];
}

/** Looks up the configuration of a model that serves. @throws Fault when it does not */
export type ConfigOf = (model: string, version: string) => ModelConfig;

type Io = Pick<ModelConfig['input'][number], 'name' | 'dataType' | 'dims'>;

function stepsOf(config: ModelConfig): EnsembleStep[] {
  const choice = config.schedulingChoice;
  const steps = choice.case === 'ensembleScheduling' ? choice.value.step : [];
  if (steps.length === 0) fail('INVALID_ARGUMENT', `must specify one or more 'step' for ensemble ${config.name}`);
  return steps.map(({ modelName, modelVersion, inputMap, outputMap }) => ({
    model: modelName,
    version: modelVersion > 0n ? String(modelVersion) : '',
    inputs: new Map(Object.entries(inputMap)),
    outputs: new Map(Object.entries(outputMap)),
  }));
}

function ioOf(config: ModelConfig, kind: 'input' | 'output', name: string, ensemble: string): Io {
  const known: readonly Io[] = config[kind];
  return (
    known.find((io) => io.name === name) ??
    fail(
      'INVALID_ARGUMENT',
      `in ensemble ${ensemble}, model ${config.name} does not have ${kind} tensor '${name}'; it has ${known.map((io) => io.name).join(', ')}`,
    )
  );
}

/** Every tensor must come from somewhere, once, and be of one type wherever it is named. */
class TensorTable {
  readonly #types = new Map<string, { readonly io: Io; readonly of: string }>();
  readonly sources = new Map<string, string>();

  constructor(readonly ensemble: string) {}

  name(tensor: string, io: Io, of: string): void {
    const known = this.#types.get(tensor);
    if (!known) this.#types.set(tensor, { io, of });
    else if (known.io.dataType !== io.dataType)
      fail(
        'INVALID_ARGUMENT',
        `in ensemble ${this.ensemble}, ensemble tensor ${tensor}: inconsistent data type: ${known.io.dataType} is inferred from ${known.of} while ${io.dataType} is inferred from ${of}`,
      );
  }

  source(tensor: string, of: string): void {
    const known = this.sources.get(tensor);
    if (known !== undefined)
      fail(
        'INVALID_ARGUMENT',
        `in ensemble ${this.ensemble}, ensemble tensor ${tensor} can appear in an output map only once: it comes from ${known} and from ${of}`,
      );
    this.sources.set(tensor, of);
  }
}

function checkStep({ inputs }: EnsembleStep, config: ModelConfig, ensemble: string): void {
  for (const { name, optional } of config.input)
    if (!optional && !inputs.has(name))
      fail('INVALID_ARGUMENT', `in ensemble ${ensemble}, the input map of model ${config.name} lacks its input '${name}'`);
}

/** Reads and checks an ensemble against the models it is made of. @throws Fault INVALID_ARGUMENT */
export function ensembleGraph(config: ModelConfig, configOf: ConfigOf): EnsembleGraph {
  const { name } = config;
  const steps = stepsOf(config);
  const table = new TensorTable(name);
  const readers = new Map<string, number>();
  const read = (tensor: string): void => void readers.set(tensor, (readers.get(tensor) ?? 0) + 1);
  for (const input of config.input) {
    table.name(input.name, input, `ensemble ${name}`);
    table.source(input.name, 'the request');
  }
  for (const step of steps) {
    const model = configOf(step.model, step.version);
    checkStep(step, model, name);
    for (const [inner, tensor] of step.inputs) table.name(tensor, ioOf(model, 'input', inner, name), `model ${step.model}`);
    for (const [inner, tensor] of step.outputs) table.name(tensor, ioOf(model, 'output', inner, name), `model ${step.model}`);
    for (const tensor of step.outputs.values()) table.source(tensor, `model ${step.model}`);
    for (const tensor of step.inputs.values()) read(tensor);
  }
  for (const output of config.output) {
    table.name(output.name, output, `ensemble ${name}`);
    read(output.name);
  }
  for (const tensor of readers.keys())
    if (!table.sources.has(tensor))
      fail('INVALID_ARGUMENT', `in ensemble ${name}, no step gives the ensemble tensor ${tensor}, and the request does not bring it`);
  return { steps, readers, outputs: config.output.map((output) => output.name) };
}
