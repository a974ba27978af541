import type { ModelDefinition, RuntimeAdapter, Weights } from '../port.js';
import { parseEngineUrl } from './engine-url.js';

/** Models on servers that speak KServe v2, by an address instead of a path. `infer` leaves the calling thread free. */
export const remoteRuntime: RuntimeAdapter = {
  runtime: 'kserve',
  async open({ path }) {
    // Loaded on use: the client brings the protobuf runtime and HTTP/2 along.
    const { openRemoteModel } = await import('./remote-model.js');
    return openRemoteModel(path);
  },
};

/** Whether weights are on a server: such a model needs no thread of its own. */
export const isRemote = ({ weights }: Pick<ModelDefinition, 'weights'>): boolean => weights.runtime === remoteRuntime.runtime;

/** Weights on a server; an address without a model's name means `model`. @throws Fault CONFIG_INVALID as `parseEngineUrl` */
export function remoteWeights(url: string, model: string): Weights {
  const path = parseEngineUrl(url).model === '' ? `${url.replace(/\/$/, '')}/${encodeURIComponent(model)}` : url;
  return { runtime: remoteRuntime.runtime, path };
}
