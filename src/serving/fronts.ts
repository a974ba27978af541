import type { TlsOptions } from 'node:tls';
import type { ServerOptions as HttpsOptions } from 'node:https';
import { type Log, NULL_LOG, Scope } from '../core/index.js';
import type { Encoding, Keepalive } from '../wire/grpc.js';
import { type AccessRules, checkRestrictions } from './front/restrictions.js';
import { openGrpcFront } from './grpc/grpc-front.js';
import { type Front, openHttpFront } from './http/http-front.js';
import { createMachineMetrics } from './metrics/machine-metrics.js';
import { openMetricsFront } from './metrics/metrics-front.js';
import type { ModelServer } from './port.js';

/** Where a front end listens. */
export interface ListenOptions {
  readonly host?: string;
  readonly port?: number;
}

/** How an HTTP front end is set up. */
export interface ServeHttpOptions extends ListenOptions {
  readonly access?: AccessRules;
  readonly maxInputBytes?: number;
  readonly forwardHeaders?: RegExp;
  readonly corsOrigins?: readonly string[];
  readonly tls?: HttpsOptions;
}

/** How a gRPC front end is set up. */
export interface ServeGrpcOptions extends ListenOptions {
  readonly access?: AccessRules;
  readonly forwardHeaders?: RegExp;
  readonly tls?: TlsOptions;
  readonly keepalive?: Keepalive;
  readonly encoding?: Encoding;
}

/** What {@link openFronts} opens; a front end that is false is left out. */
export interface FrontsOptions {
  readonly http?: ServeHttpOptions | false;
  readonly grpc?: ServeGrpcOptions | false;
  readonly metrics?: (ListenOptions & { readonly machine?: boolean }) | false;
  /** Hears of every answered call. */
  readonly accessLog?: Log;
  /** How long requests under way may take when the fronts close; default 30 s. */
  readonly exitTimeoutMs?: number;
}

/** The front ends of a server; disposing them takes no further call and lets those under way end. */
export interface Fronts extends AsyncDisposable {
  readonly http: Front | undefined;
  readonly grpc: Front | undefined;
  readonly metrics: Front | undefined;
  /** The counters as the metrics front end tells them. */
  metricsText(): string;
}

/** Whether restrictions are in order, before anything is loaded. @throws Fault USAGE */
export function checkFronts({ http = {}, grpc = {} }: FrontsOptions): void {
  for (const front of [http, grpc]) if (front !== false) checkRestrictions(front.access?.restrictions ?? []);
}

/**
 * Listens for a server, which stays the caller's. Everything binds to loopback unless a host is given.
 * @param counters the server's own part of the metrics
 * @throws Fault UNAVAILABLE (an address is taken), USAGE
 */
export async function openFronts(server: ModelServer, counters: () => string, options: FrontsOptions): Promise<Fronts> {
  const { http = {}, grpc = {}, metrics = {}, accessLog = NULL_LOG, exitTimeoutMs = 30_000 } = options;
  checkFronts(options);
  const machine = metrics !== false && metrics.machine !== false ? createMachineMetrics() : () => '';
  const metricsText = (): string => counters() + machine();
  await using scope = new Scope();
  const kept = (front: Front): Front => {
    scope.defer(() => front.close(exitTimeoutMs));
    return front;
  };
  const opening = [
    http === false ? undefined : openHttpFront({ ...http, server, accessLog }).then(kept),
    grpc === false ? undefined : openGrpcFront({ ...grpc, server, accessLog }).then(kept),
    metrics === false ? undefined : openMetricsFront(metricsText, metrics.host, metrics.port).then(kept),
  ] as const;
  // Those that did open are closed when another did not.
  await Promise.allSettled(opening);
  const opened = await Promise.all(opening);
  scope.move();
  return {
    http: opened[0],
    grpc: opened[1],
    metrics: opened[2],
    metricsText,
    // All at once: a client that keeps one open must not use up the time of the others.
    [Symbol.asyncDispose]: async () => void (await Promise.all(opened.map((front) => front?.close(exitTimeoutMs)))),
  };
}
