import { fail, Scope } from '../../core/index.js';
import { createGrpcOperations, type GrpcClientOptions } from '../../client/index.js';
import { checkFronts, type Fronts, type FrontsOptions, openFronts } from '../../serving/index.js';
import { createRouter, type Router, type RouterOptions } from './router.js';

/** What {@link route} connects and opens. */
export interface RouteOptions extends FrontsOptions, Omit<RouterOptions, 'servers'> {
  /** gRPC addresses of the servers: `host:port`, or `https://host:port` with TLS. */
  readonly servers: readonly string[];
  /** How the servers are reached: their token, their certificates. */
  readonly connect?: Pick<GrpcClientOptions, 'token' | 'headers' | 'tls'>;
}

/** A router with its front ends; disposing it takes no further call, lets those under way end, and leaves the servers as they are. */
export interface Routing extends Fronts {
  readonly router: Router;
}

/** A server that went without a word is noticed so soon, also while it owes an answer. */
const KEEPALIVE = { intervalMs: 5000, timeoutMs: 5000 };

/**
 * Routes requests to servers over gRPC and keeps each sequence on its own. Everything binds to loopback unless a host is given.
 * @throws Fault UNAVAILABLE (an address is taken), INVALID_ARGUMENT (addresses), USAGE
 */
export async function route({ servers, connect = {}, ...options }: RouteOptions): Promise<Routing> {
  if (servers.length === 0) fail('USAGE', 'name the servers, such as --server 10.0.0.1:8001 --server 10.0.0.2:8001');
  checkFronts(options);
  await using scope = new Scope();
  const routed = servers.map((name) => ({ name, operations: createGrpcOperations(name, { ...connect, keepalive: KEEPALIVE }) }));
  const router = scope.use(await createRouter({ ...options, servers: routed }));
  const fronts = scope.use(await openFronts(router, () => router.metricsText(), options));
  const held = scope.move();
  return { ...fronts, router, [Symbol.asyncDispose]: () => held[Symbol.asyncDispose]() };
}
