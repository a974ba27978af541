import { once } from 'node:events';
import { fail, systemClock } from '../core/index.js';
import { route, type RouteOptions, type Router } from '../services/index.js';
import type { CliContext } from './context.js';
import { frontsOptions, logSettings, readText, readToken, said, tellFronts } from './front-options.js';
import type { RouteFlags } from './route.js';
import { createServeLog } from './serve-log.js';

const MS = 1000;

function connectOptions(flags: RouteFlags): RouteOptions['connect'] {
  const { serverRootCert, serverClientCert, serverClientKey } = flags;
  if ((serverClientCert === undefined) !== (serverClientKey === undefined)) fail('USAGE', '--server-client-cert and --server-client-key go together');
  const tls = {
    ...(serverRootCert !== undefined && { ca: readText(serverRootCert, 'the authority') }),
    ...(serverClientCert !== undefined && { cert: readText(serverClientCert, 'the certificate'), key: readText(serverClientKey!, 'the key') }),
  };
  return { ...said('token', readToken(flags.serverTokenFile)), tls };
}

/** Waits until no sequence is open any more, for up to `mostMs`. */
async function drained(router: Router, mostMs: number): Promise<void> {
  const endMs = systemClock.nowMs() + mostMs;
  // Those who ask whether it is ready must get the chance to hear that it is not.
  await systemClock.sleep(Math.min(mostMs, 2 * MS));
  while (router.open.sequences > 0 && systemClock.nowMs() < endMs) await systemClock.sleep(50);
}

/** Routes until it is told to stop. @throws Fault USAGE, and those of `route` */
export async function runRoute(flags: RouteFlags, { stderr, drain }: CliContext): Promise<void> {
  const startMs = performance.now();
  const settings = new Map(Object.entries(logSettings(flags)));
  const log = createServeLog(() => settings, stderr, flags.logFile);
  await using routing = await route({
    servers: flags.server ?? [],
    connect: connectOptions(flags) ?? {},
    pollMs: Math.max(50, flags.pollSecs * MS),
    id: flags.id,
    log,
    ...frontsOptions(flags, log),
  });
  tellFronts(routing, log);
  log.info(`ready after ${Math.round(performance.now() - startMs)} ms`);
  if (!drain.aborted) await once(drain, 'abort');
  if (flags.drainSecs > 0) {
    routing.router.drain();
    log.info(`Not ready from now on; answering until no sequence is open, for up to ${flags.drainSecs} s.`);
    await drained(routing.router, flags.drainSecs * MS);
  }
  log.info('Waiting for in-flight requests to complete.');
}
