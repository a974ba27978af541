import { createHash } from 'node:crypto';
import type { UpstreamState } from './upstream.js';

/** What a choice looks at. */
export interface Choosable {
  readonly name: string;
  readonly state: UpstreamState;
  readonly health: { readonly models: ReadonlySet<string> | undefined };
  readonly inFlight: number;
  readonly sequences: number;
}

/** The servers that may be given something new for a model. When none of the ready ones has it, all of them: they say best what is wrong. */
export function hostsOf<U extends Choosable>(upstreams: readonly U[], model: string): U[] {
  const ready = upstreams.filter(({ state }) => state === 'ready');
  const having = ready.filter(({ health }) => health.models?.has(model) ?? true);
  return having.length > 0 ? having : ready;
}

/** The least loaded first; among equals, chance decides, so that routers side by side do not all choose the same. */
export function byLoad<U extends Choosable>(upstreams: readonly U[], random: () => number, load: (upstream: U) => number): U[] {
  return upstreams
    .map((upstream) => ({ upstream, load: load(upstream), chance: random() }))
    .toSorted((a, b) => a.load - b.load || a.chance - b.chance)
    .map(({ upstream }) => upstream);
}

/** What a single request looks at. */
export const requestLoad = ({ inFlight }: Choosable): number => inFlight;
/** What a new sequence looks at: those that are there will go on asking. */
export const sequenceLoad = ({ sequences, inFlight }: Choosable): number => sequences + inFlight / 1e6;

const weightOf = (server: string, key: string): bigint => createHash('sha256').update(`${server}\n${key}`).digest().readBigUInt64BE();

/**
 * Servers in the order in which a sequence prefers them (rendezvous hashing): every router that knows them by the same names finds the same
 * order, and a server that goes moves only the sequences that preferred it.
 */
export function byPreference<U extends Pick<Choosable, 'name'>>(upstreams: readonly U[], key: string): U[] {
  return upstreams
    .map((upstream) => ({ upstream, weight: weightOf(upstream.name, key) }))
    .toSorted((a, b) => (a.weight === b.weight ? 0 : a.weight > b.weight ? -1 : 1))
    .map(({ upstream }) => upstream);
}
