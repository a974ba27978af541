import { Fault, toFault } from '../../core/index.js';
import type { Upstream } from './upstream.js';

/**
 * Does the same at every server, and waits for all of them. One that is down refuses: a change that it misses would make it answer otherwise
 * than the others once it is back.
 * @throws Fault with the first refusal's code, naming each server that refused; the others have done it then
 */
export async function everywhere<T>(upstreams: readonly Upstream[], run: (upstream: Upstream) => Promise<T>): Promise<T[]> {
  const outcomes = await Promise.allSettled(upstreams.map(run));
  const refusals = outcomes.flatMap((outcome, at) =>
    outcome.status === 'rejected' ? [{ name: upstreams[at]!.name, fault: toFault(outcome.reason) }] : [],
  );
  const [first] = refusals;
  if (!first) return outcomes.map((outcome) => (outcome as PromiseFulfilledResult<T>).value);
  const told = refusals.map(({ name, fault }) => `server ${name}: ${fault.message}`).join('; ');
  const done = upstreams.length - refusals.length;
  throw new Fault(first.fault.code, done === 0 ? told : `${told} (${done} of ${upstreams.length} servers did it)`, { cause: first.fault });
}

/**
 * Asks one server after the other until one answers; only those that are not to be had are passed over.
 * @throws Fault of the last, or UNAVAILABLE when there is none
 */
export async function firstAnswer<T>(upstreams: readonly Upstream[], run: (upstream: Upstream) => Promise<T>): Promise<T> {
  let last = new Fault('UNAVAILABLE', 'no server answers');
  for (const upstream of upstreams) {
    try {
      return await run(upstream);
    } catch (error) {
      last = toFault(error);
      if (last.code !== 'UNAVAILABLE' && last.code !== 'DEADLINE_EXCEEDED') throw last;
    }
  }
  throw last;
}
