import { setTimeout as sleep } from 'node:timers/promises';
import { type Engine, type LoadedModel, createEngine } from 'ocellus/inference';

/** The model with all its promises, but each run takes at least `runMs`, one after another, as on an instance that is too slow. */
function slowed(model: LoadedModel, runMs: number): LoadedModel {
  let last: Promise<unknown> = Promise.resolve();
  return new Proxy(model, {
    get(target, key) {
      if (key === 'infer')
        return (request: Parameters<LoadedModel['infer']>[0]) => {
          const answer = last.then(async () => (await Promise.all([target.infer(request), sleep(runMs)]))[0]);
          last = answer.catch(() => {});
          return answer;
        };
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/** An engine whose models take at least `runMs` for each run. */
export function slowEngine(runMs: number): Engine {
  const engine = createEngine();
  return {
    get models() {
      return engine.models;
    },
    load: async (definition, options) => slowed(await engine.load(definition, options), runMs),
    [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose](),
  };
}
