import { type Clock, Fault, type Log, type Meter, NULL_LOG, NULL_METER, systemClock } from '../core/index.js';
import type { ModelDefinition } from '../models/index.js';
import { HostedModel } from './hosted-model.js';
import type { OpenInstance } from './instance.js';
import { PLACEMENTS } from './placements.js';
import type { Engine, HostOptions, LoadedModel, Placement } from './port.js';
import { type RateResource, RateLimiter } from './rate-limiter.js';
import { resolveOptions } from './resolve-options.js';
import { ResponseCache } from './response-cache.js';
import { RESTART_RULES, type RestartRules } from './restart-policy.js';

/** What an engine is made with; the machine's clock and silence when absent. */
export interface EngineOptions {
  readonly clock?: Clock;
  readonly log?: Log;
  readonly meter?: Meter;
  /** How often lost instances are replaced, and how soon; {@link RESTART_RULES} when absent. */
  readonly restarts?: RestartRules;
  /** Memory for answers of models with `cache`, in bytes; 0, and the default, keeps none. */
  readonly cacheBytes?: number;
  /** Limits runs by the resources that instance groups claim. Absent: claims are not looked at. */
  readonly rateLimit?: { readonly resources?: readonly RateResource[] };
}

/**
 * The inference engine. Idle models do not keep the process running; requests in flight do. A process that ends by itself or by `process.exit()`
 * first lets runs in worker threads finish (for up to 10 s), and takes child processes with it.
 */
export function createEngine(options: EngineOptions = {}): Engine {
  return createEngineOver(PLACEMENTS, options);
}

/** An engine whose instances are opened otherwise; what fakes are made of. */
export function createEngineOver(placements: Readonly<Record<Placement, OpenInstance>>, options: EngineOptions): Engine {
  const { clock = systemClock, log = NULL_LOG, meter = NULL_METER, restarts = RESTART_RULES, cacheBytes = 0, rateLimit } = options;
  const limiter = rateLimit && new RateLimiter(rateLimit.resources);
  const cache = cacheBytes > 0 ? new ResponseCache(cacheBytes) : undefined;
  const models = new Set<LoadedModel>();
  const loading = new Set<Promise<unknown>>();
  let closed = false;
  const open = async (definition: ModelDefinition, hostOptions: HostOptions): Promise<LoadedModel> => {
    const resolved = resolveOptions(definition.name, hostOptions);
    const openInstance = placements[resolved.placement];
    const onUnloaded = (gone: LoadedModel): void => void models.delete(gone);
    const shared = { limiter, cache, clock, log, meter, restarts };
    const model = await HostedModel.load({ definition, options: resolved, openInstance, ...shared, onUnloaded });
    models.add(model);
    return model;
  };
  return {
    get models() {
      return [...models];
    },
    async load(definition, hostOptions = {}) {
      if (closed) throw new Fault('UNAVAILABLE', `model "${definition.name}": the engine is closed; create another`);
      const opening = open(definition, hostOptions);
      loading.add(opening);
      try {
        return await opening;
      } finally {
        loading.delete(opening);
      }
    },
    async [Symbol.asyncDispose]() {
      closed = true;
      await Promise.allSettled(loading);
      await Promise.all([...models].map((model) => model[Symbol.asyncDispose]()));
    },
  };
}
