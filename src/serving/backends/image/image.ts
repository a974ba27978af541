import { hostOptionsOf } from '../../model/host-options.js';
import { EngineModel } from '../engine-model.js';
import { orderUrl } from '../module-order.js';
import type { Backend, VersionOrder } from '../port.js';
import { imageOrder } from './image-order.js';

async function open({ config, folder, engine }: VersionOrder): Promise<EngineModel> {
  const module = orderUrl(new URL('./image-module.js', import.meta.url), imageOrder(config));
  return new EngineModel(await engine.load({ name: config.name, weights: { runtime: 'module', path: module } }, await hostOptionsOf(config, folder)));
}

/** Pictures as clients have them (the bytes of a JPEG, PNG, WebP, BMP or GIF file) into the numbers of a network, on the server. */
export const imageBackend: Backend = { names: ['image'], open };
