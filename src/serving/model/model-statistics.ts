import type { CountAndTime, ModelStatistics as EngineStatistics } from '../../inference/index.js';
import { create, type ModelStatistics, ModelStatisticsSchema } from '../../wire/index.js';

const ns = (ms: number): bigint => BigInt(Math.round(ms * 1e6));
const duration = (count: number, ms: number): { count: bigint; ns: bigint } => ({ count: BigInt(count), ns: ns(ms) });
const told = ({ count, ms }: CountAndTime): { count: bigint; ns: bigint } => duration(count, ms);

function batchStats({ batchTimes }: EngineStatistics) {
  return Object.entries(batchTimes).map(([size, { count, inputMs, runMs, outputMs }]) => ({
    batchSize: BigInt(size),
    computeInput: duration(count, inputMs),
    computeInfer: duration(count, runMs),
    computeOutput: duration(count, outputMs),
  }));
}

function responseStats({ responses }: EngineStatistics) {
  return Object.fromEntries(
    Object.entries(responses).map(([index, { success, fail, empty, cancel }]) => [
      index,
      {
        computeInfer: told({ count: success.count + fail.count, ms: success.ms + fail.ms }),
        computeOutput: duration(success.count + fail.count, 0),
        success: told(success),
        fail: told(fail),
        emptyResponse: told(empty),
        cancel: told(cancel),
      },
    ]),
  );
}

/** The counters of a version as both protocols tell them. */
export function statisticsMessage(name: string, version: string, counters: EngineStatistics): ModelStatistics {
  const { requests, failures, cancelled, successMs, failureMs, queueMs, inputMs, runMs, outputMs, cacheHit, cacheMiss } = counters;
  const ran = requests - cacheHit.count;
  return create(ModelStatisticsSchema, {
    name,
    version,
    lastInference: BigInt(Math.round(counters.lastInferenceMs)),
    inferenceCount: BigInt(counters.inferences),
    executionCount: BigInt(counters.executions),
    inferenceStats: {
      success: duration(requests, successMs),
      fail: duration(failures + cancelled, failureMs),
      queue: duration(requests, queueMs),
      computeInput: duration(ran, inputMs),
      computeInfer: duration(ran, runMs),
      computeOutput: duration(ran, outputMs),
      cacheHit: told(cacheHit),
      cacheMiss: told(cacheMiss),
    },
    batchStats: batchStats(counters),
    responseStats: responseStats(counters),
  });
}
