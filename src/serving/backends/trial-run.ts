import { ARRAY_OF, elementCount, type Tensor, type TensorSpec } from '../../core/index.js';
import type { Engine } from '../../inference/index.js';
import type { ModelDefinition } from '../../models/index.js';

/** Longest run that may take the calling thread, which nobody else is served by meanwhile, in milliseconds. */
const AT_ONCE_MS = 0.25;
/** Tries: the best one counts, since a busy machine makes any of them slow. */
const TRIES = 8;

/** An input of zeros, or of empty texts; a free first size is `rows`, any other free one 1. */
function zeros({ name, datatype, shape }: TensorSpec, rows: number): Tensor {
  const sizes = shape.map((size, axis) => (size >= 0 ? size : axis === 0 ? rows : 1));
  const count = elementCount(sizes);
  const data = datatype === 'BYTES' ? Array.from({ length: count }, () => new Uint8Array(0)) : new ARRAY_OF[datatype](count);
  return { name, datatype, shape: sizes, data } as Tensor;
}

/**
 * Whether a run of `rows` rows is over so soon that the calling thread may do it. It is tried in a thread of its own, so that a model that
 * looks small and is slow holds up nobody; one that cannot run zeros is not trusted.
 */
export async function runsAtOnce(engine: Engine, definition: ModelDefinition, rows: number): Promise<boolean> {
  try {
    await using trial = await engine.load(definition, { placement: 'thread', instances: 1, maxBatch: rows });
    let bestMs = Infinity;
    for (let i = 0; i < TRIES && bestMs > AT_ONCE_MS; i++) {
      const { times } = await trial.infer({ inputs: trial.spec.inputs.map((spec) => zeros(spec, rows)), answer: 'tensors' });
      bestMs = Math.min(bestMs, times.runMs);
    }
    return bestMs <= AT_ONCE_MS;
  } catch {
    // What is wrong with the model, its own opening tells.
    return false;
  }
}
