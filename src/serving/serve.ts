import type { TlsOptions } from 'node:tls';
import type { ServerOptions as HttpsOptions } from 'node:https';
import { type Log, NULL_LOG, Scope } from '../core/index.js';
import type { Encoding, Keepalive } from '../wire/grpc.js';
import { type AccessRules, checkRestrictions } from './front/restrictions.js';
import { openGrpcFront } from './grpc/grpc-front.js';
import { type Front, openHttpFront } from './http/http-front.js';
import { createMachineMetrics } from './metrics/machine-metrics.js';
import { openMetricsFront } from './metrics/metrics-front.js';
import { metricsText } from './metrics/metrics-text.js';
import { createModelServer, type ModelServerOptions } from './model-server.js';
import type { ModelServer } from './port.js';

/** Where a front end listens. */
export interface ListenOptions {
  readonly host?: string;
  readonly port?: number;
}

/** How the HTTP front end of {@link serve} is set up. */
export interface ServeHttpOptions extends ListenOptions {
  readonly access?: AccessRules;
  readonly maxInputBytes?: number;
  readonly forwardHeaders?: RegExp;
  readonly corsOrigins?: readonly string[];
  readonly tls?: HttpsOptions;
}

/** How the gRPC front end of {@link serve} is set up. */
export interface ServeGrpcOptions extends ListenOptions {
  readonly access?: AccessRules;
  readonly forwardHeaders?: RegExp;
  readonly tls?: TlsOptions;
  readonly keepalive?: Keepalive;
  readonly encoding?: Encoding;
}

/** What {@link serve} opens; a front end that is false is left out. */
export interface ServeOptions extends ModelServerOptions {
  readonly http?: ServeHttpOptions | false;
  readonly grpc?: ServeGrpcOptions | false;
  readonly metrics?: (ListenOptions & { readonly machine?: boolean }) | false;
  /** Hears of every answered call. */
  readonly accessLog?: Log;
  /** How long requests under way may take when the server goes down; default 30 s. */
  readonly exitTimeoutMs?: number;
}

/** A server with its front ends. */
export interface Serving extends AsyncDisposable {
  readonly server: ModelServer;
  readonly http: Front | undefined;
  readonly grpc: Front | undefined;
  readonly metrics: Front | undefined;
  /** The counters as the metrics front end tells them. */
  metricsText(): string;
  /** Takes no further call, lets those under way end, unloads the models. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Loads models and listens. Everything binds to loopback unless a host is given.
 * @throws Fault UNAVAILABLE (an address is taken), NOT_FOUND (repository), INVALID_ARGUMENT, USAGE
 */
export async function serve(options: ServeOptions): Promise<Serving> {
  const { http = {}, grpc = {}, metrics = {}, accessLog = NULL_LOG, exitTimeoutMs = 30_000 } = options;
  for (const front of [http, grpc]) if (front !== false) checkRestrictions(front.access?.restrictions ?? []);
  const scope = new Scope();
  try {
    const server = scope.use(await createModelServer(options));
    const machine = metrics !== false && metrics.machine !== false ? createMachineMetrics() : () => '';
    const text = (): string => metricsText(server.repository.metered()) + machine();
    const opened = await Promise.all([
      http === false ? undefined : openHttpFront({ ...http, server, accessLog }),
      grpc === false ? undefined : openGrpcFront({ ...grpc, server, accessLog }),
      metrics === false ? undefined : openMetricsFront(text, metrics.host, metrics.port),
    ]);
    // All at once: a client that keeps one open must not use up the time of the others.
    scope.defer(async () => void (await Promise.all(opened.map((front) => front?.close(exitTimeoutMs)))));
    const held = scope.move();
    return {
      server,
      http: opened[0],
      grpc: opened[1],
      metrics: opened[2],
      metricsText: text,
      [Symbol.asyncDispose]: () => held[Symbol.asyncDispose](),
    };
  } catch (error) {
    await scope[Symbol.asyncDispose]();
    throw error;
  }
}
