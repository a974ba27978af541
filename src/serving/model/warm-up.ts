import { getRandomValues } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BYTES_PER_ELEMENT, type Datatype, elementCount, fail, type Tensor, toFault } from '../../core/index.js';
import { inferRequest, type ModelConfig, type ModelWarmup, type ModelWarmup_Input, tensorFromBytes } from '../../wire/index.js';
import { datatypeOf } from './datatypes.js';
import type { ServedVersion } from './served-version.js';

const FOLDER = 'warmup';
const RANDOM_BYTES = 65_536;

function randomBytes(count: number): Uint8Array {
  const bytes = new Uint8Array(count);
  for (let at = 0; at < count; at += RANDOM_BYTES) getRandomValues(bytes.subarray(at, at + RANDOM_BYTES));
  return bytes;
}

async function bytesOf({ inputDataType }: ModelWarmup_Input, datatype: Datatype, count: number, folder: string): Promise<Uint8Array> {
  const texts = datatype === 'BYTES';
  if (inputDataType.case === 'inputDataFile') return readFile(join(folder, FOLDER, inputDataType.value));
  // An empty text is a length of four bytes that are zero.
  const size = count * (texts ? 4 : BYTES_PER_ELEMENT[datatype]);
  return inputDataType.case === 'randomData' && !texts ? randomBytes(size) : new Uint8Array(size);
}

async function inputOf(name: string, input: ModelWarmup_Input, rows: number, config: ModelConfig, folder: string): Promise<Tensor> {
  const datatype = datatypeOf(input.dataType, `warm-up input '${name}'`);
  const dims = input.dims.map(Number);
  const shape = config.maxBatchSize > 0 ? [rows, ...dims] : dims;
  const count = elementCount(shape);
  const bytes = await bytesOf(input, datatype, count, folder);
  return tensorFromBytes({ name, datatype, shape }, bytes, { modelName: config.name, id: '', direction: 'input' });
}

async function run(warmup: ModelWarmup, served: ServedVersion, folder: string): Promise<void> {
  const { config, version } = served;
  const rows = Math.max(1, warmup.batchSize);
  for (let turn = 0; turn < Math.max(1, warmup.count); turn++) {
    const inputs = await Promise.all(Object.entries(warmup.inputs).map(([name, input]) => inputOf(name, input, rows, config, folder)));
    const request = inferRequest({ modelName: config.name, modelVersion: version, id: `warm-up ${warmup.name}`, inputs });
    for await (const _ of served.stream(request, {}));
  }
}

/** Runs the samples that a configuration has for warming up. @throws Fault that names the sample that failed: the version is not served then */
export async function warmUp(served: ServedVersion, folder: string): Promise<void> {
  for (const warmup of served.config.modelWarmup)
    try {
      await run(warmup, served, folder);
    } catch (error) {
      fail('INVALID_ARGUMENT', `failed to run warmup sample '${warmup.name}': ${toFault(error).message}`, error);
    }
}
