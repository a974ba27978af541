import { once } from 'node:events';
import { resolve } from 'node:path';
import { fail, type Log, systemClock } from '../core/index.js';
import { serve, type Serving, type SettingValue, singleModel } from '../serving/index.js';
import type { CliContext } from './context.js';
import { frontsOptions, logSettings, said, tellFronts } from './front-options.js';
import { ignoredFlags, type ServeFlags } from './serve-flags.js';
import { createServeLog } from './serve-log.js';
import { formatTable } from './table.js';

const MS = 1000;

async function modelsTable({ server }: Serving): Promise<string> {
  const rows = (await server.index(false)).map(({ name, version, state, reason }) => [
    name,
    version || '-',
    state || 'not loaded',
    reason.split('\n')[0] ?? '',
  ]);
  return formatTable(['MODEL', 'VERSION', 'STATUS', 'REASON'], rows);
}

async function tellStart(serving: Serving, log: Log, context: CliContext, elapsedMs: number): Promise<void> {
  context.stderr.write(await modelsTable(serving));
  tellFronts(serving, log);
  log.info(`ready after ${Math.round(elapsedMs)} ms`);
}

/** Serves until it is told to stop. @throws Fault USAGE, and those of `serve` */
export async function runServe(target: string | undefined, flags: ServeFlags, context: CliContext): Promise<void> {
  const startMs = performance.now();
  const { cwd, stderr, drain } = context;
  const single = target?.endsWith('.onnx') ? await singleModel(resolve(cwd, target)) : undefined;
  const folders = [...(flags.modelRepository ?? []), ...(flags.modelStore ?? []), ...(target !== undefined && !single ? [target] : [])];
  const repositories = [...folders.map((folder) => resolve(cwd, folder)), ...(single ? [single.repository] : [])];
  if (repositories.length === 0) fail('USAGE', '--model-repository must be specified, or a model file be named: ocellus serve model.onnx');
  let settings: ReadonlyMap<string, SettingValue> = new Map(Object.entries(logSettings(flags)));
  const log = createServeLog(() => settings, stderr, flags.logFile);
  for (const name of ignoredFlags({ ...flags })) log.warn(`--${name} has no effect here`);
  try {
    await using serving = await serve({
      repositories,
      mode: flags.modelControlMode,
      startModels: flags.loadModel ?? [],
      pollMs: flags.repositoryPollSecs * MS,
      retries: flags.modelLoadRetryCount,
      autoComplete: !flags.disableAutoCompleteConfig,
      strictReadiness: flags.strictReadiness,
      id: flags.id,
      cacheBytes: flags.cacheConfig ?? flags.responseCacheByteSize ?? 0,
      ...(flags.rateLimit !== 'off' && { rateLimit: { resources: flags.rateLimitResource ?? [] } }),
      allowSharedMemory: flags.allowClientShm,
      ...said('configName', flags.modelConfigName),
      logSettings: logSettings(flags),
      ...said('traceSettings', flags.traceConfig),
      onLogSettings: (all) => (settings = all),
      log,
      ...frontsOptions(flags, log),
    });
    const failed = (await serving.server.index(false)).filter(({ state, reason }) => state === 'UNAVAILABLE' && reason !== 'unloaded');
    if (failed.length > 0 && flags.exitOnError)
      fail('UNAVAILABLE', `failed to load all models (${failed.map(({ name }) => name).join(', ')}); --exit-on-error=false serves the others`);
    await tellStart(serving, log, context, performance.now() - startMs);
    if (!drain.aborted) await once(drain, 'abort');
    if (flags.drainSecs > 0) {
      serving.server.drain();
      log.info(`Not ready from now on; answering for another ${flags.drainSecs} s.`);
      await systemClock.sleep(flags.drainSecs * MS);
    }
    log.info('Waiting for in-flight requests to complete.');
  } finally {
    await single?.[Symbol.asyncDispose]();
  }
}
