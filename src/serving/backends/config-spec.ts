import type { Datatype, TensorSpec } from '../../core/index.js';
import type { ModelSpec } from '../../models/index.js';
import { DataType, type ModelConfig, type ModelSequenceBatching_Control } from '../../wire/index.js';
import { datatypeOf } from '../model/datatypes.js';

type Io = Pick<ModelConfig['input'][number], 'name' | 'dataType' | 'dims' | 'reshape'>;

function controlDatatype({ dataType, fp32FalseTrue, boolFalseTrue }: ModelSequenceBatching_Control): Datatype {
  if (dataType !== DataType.TYPE_INVALID) return datatypeOf(dataType, 'control input');
  if (fp32FalseTrue.length > 0) return 'FP32';
  return boolFalseTrue.length > 0 ? 'BOOL' : 'INT32';
}

/**
 * What a model without a graph takes and gives, by its configuration; the batch axis is free where there is one. Controls and states of
 * sequences are among the inputs, as they are among a graph's.
 */
export function configSpec({ input, output, maxBatchSize, schedulingChoice: choice }: ModelConfig): ModelSpec {
  const shapeOf = (dims: readonly bigint[]): number[] => (maxBatchSize > 0 ? [-1, ...dims.map(Number)] : dims.map(Number));
  const spec = ({ name, dataType, dims, reshape }: Io): TensorSpec => ({
    name,
    datatype: datatypeOf(dataType, `tensor ${name}`),
    shape: shapeOf(reshape?.shape ?? dims),
  });
  const batching = choice.case === 'sequenceBatching' ? choice.value : undefined;
  const states = batching?.state ?? [];
  const state = (name: string, { dataType, dims }: (typeof states)[number]): TensorSpec => ({
    name,
    datatype: datatypeOf(dataType, `state ${name}`),
    shape: shapeOf(dims),
  });
  const controls = (batching?.controlInput ?? []).map(({ name, control }): TensorSpec => {
    const [first] = control;
    const shape = maxBatchSize > 0 ? [-1, 1] : [1];
    return { name, datatype: first ? controlDatatype(first) : 'INT32', shape };
  });
  return {
    inputs: [...input.map(spec), ...controls, ...states.map((each) => state(each.inputName, each))],
    outputs: [...output.map(spec), ...states.map((each) => state(each.outputName, each))],
  };
}
