import { didYouMean, fail } from '../core/index.js';
import { fakeRuntime } from './fake.js';
import { onnxRuntime } from './onnx/onnx-runtime.js';
import { remoteRuntime } from './remote/remote-runtime.js';
import type { ModelRuntime, RuntimeAdapter, RuntimeOptions, Weights } from './port.js';

/** Every kind of weights that can be opened; a new runtime is one file and one row. */
export const RUNTIMES: readonly RuntimeAdapter[] = Object.freeze([onnxRuntime, remoteRuntime, fakeRuntime]);

/** Opens weights with the runtime that they name. @throws Fault CONFIG_INVALID for an unknown runtime, and those of the adapter's `open` */
export function openRuntime(weights: Weights, options: RuntimeOptions = {}, runtimes: readonly RuntimeAdapter[] = RUNTIMES): Promise<ModelRuntime> {
  const names = [...runtimes.map(({ runtime }) => runtime), 'module'];
  const adapter =
    runtimes.find(({ runtime }) => runtime === weights.runtime) ??
    fail('CONFIG_INVALID', `weights.runtime: no runtime "${weights.runtime}".${didYouMean(weights.runtime, names)} There are ${names.join(', ')}`);
  return adapter.open(weights, options);
}
