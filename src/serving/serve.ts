import { Scope } from '../core/index.js';
import { checkFronts, type Fronts, type FrontsOptions, openFronts } from './fronts.js';
import { metricsText } from './metrics/metrics-text.js';
import { createModelServer, type LocalModelServer, type ModelServerOptions } from './model-server.js';

/** What {@link serve} loads and opens. */
export interface ServeOptions extends ModelServerOptions, FrontsOptions {}

/** A server with its front ends; disposing it takes no further call, lets those under way end, unloads the models. */
export interface Serving extends Fronts {
  readonly server: LocalModelServer;
}

/**
 * Loads models and listens. Everything binds to loopback unless a host is given.
 * @throws Fault UNAVAILABLE (an address is taken), NOT_FOUND (repository), INVALID_ARGUMENT, USAGE
 */
export async function serve(options: ServeOptions): Promise<Serving> {
  checkFronts(options);
  await using scope = new Scope();
  const server = scope.use(await createModelServer(options));
  const fronts = scope.use(await openFronts(server, () => metricsText(server.repository.metered()), options));
  const held = scope.move();
  return { ...fronts, server, [Symbol.asyncDispose]: () => held[Symbol.asyncDispose]() };
}
