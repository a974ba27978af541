import type { ResourceClaim } from './scheduling.js';

/** A pool of the rate limiter whose size is given; that of others is the largest single claim on them. */
export interface RateResource {
  readonly name: string;
  readonly count: number;
  /** Of one device; absent: each device's, and the one for all. */
  readonly device?: number;
}

/** Who wants to run: one instance. */
export interface Claimant {
  readonly claims: readonly ResourceClaim[];
  readonly device: number;
  /** 1 is served first; 2 gets half as many turns. */
  readonly priority: number;
  /** Runs so far; the limiter counts. */
  runs: number;
  /** Called when it waits and may ask again, which it does at once if it still wants to run. */
  retry(): void;
}

/**
 * Lets instances of several models run only while what they claim is free. Whoever waits in front is not overtaken by those that want the same,
 * so large claims get their turn.
 */
export class RateLimiter {
  readonly #claimants = new Set<Claimant>();
  readonly #used = new Map<string, number>();
  /** Who waits, with the turn at which it began to. */
  readonly #waiting = new Map<Claimant, number>();
  /** Who is being asked, and keeps its turn if it goes on waiting. */
  readonly #asked = new Map<Claimant, number>();
  #turns = 0;

  constructor(readonly resources: readonly RateResource[] = []) {}

  /** An instance that will ask. */
  join(claimant: Claimant): void {
    this.#claimants.add(claimant);
  }

  /** An instance that will ask no more. */
  part(claimant: Claimant): void {
    this.#claimants.delete(claimant);
    this.#waiting.delete(claimant);
    this.#wake();
  }

  /** Takes what the claimant needs. False when it must wait; `retry` is called then. */
  enter(claimant: Claimant): boolean {
    if (!this.#waiting.has(claimant)) this.#waiting.set(claimant, this.#asked.get(claimant) ?? this.#turns++);
    while (this.#fits(claimant)) {
      const better = this.#inOrder().find((each) => share(each, claimant));
      if (better === undefined || better === claimant) {
        this.#waiting.delete(claimant);
        this.#take(claimant, 1);
        return true;
      }
      // It may want nothing any more.
      if (!this.#ask(better)) break;
    }
    return false;
  }

  /** Gives back what it took. */
  leave(claimant: Claimant, ran: boolean): void {
    this.#take(claimant, -1);
    if (ran) {
      claimant.runs++;
      // Whoever is through is one of those that may want to run next.
      this.#waiting.set(claimant, this.#turns++);
    }
    this.#wake();
  }

  /** What is in use at present, by pool. */
  get used(): ReadonlyMap<string, number> {
    return this.#used;
  }

  /** Lets those that wait ask again, best first; one that must go on waiting holds up those that want the same. */
  #wake(): void {
    const held: Claimant[] = [];
    for (const each of this.#inOrder()) {
      if (!this.#waiting.has(each) || held.some((other) => share(other, each))) continue;
      if (!this.#fits(each) || !this.#ask(each)) held.push(each);
    }
  }

  /** Has a waiting one ask again; false when it waits still. */
  #ask(claimant: Claimant): boolean {
    this.#asked.set(claimant, this.#waiting.get(claimant)!);
    this.#waiting.delete(claimant);
    claimant.retry();
    this.#asked.delete(claimant);
    return !this.#waiting.has(claimant);
  }

  #inOrder(): readonly Claimant[] {
    return [...this.#waiting.keys()].toSorted((a, b) => rank(a) - rank(b) || this.#waiting.get(a)! - this.#waiting.get(b)!);
  }

  #fits(claimant: Claimant): boolean {
    return claimant.claims.every((claim) => {
      const pool = poolOf(claim, claimant);
      return (this.#used.get(pool) ?? 0) + claim.count <= this.#sizeOf(claim, claimant, pool);
    });
  }

  #take({ claims, ...claimant }: Claimant, sign: 1 | -1): void {
    for (const claim of claims) {
      const pool = poolOf(claim, claimant);
      this.#used.set(pool, (this.#used.get(pool) ?? 0) + sign * claim.count);
    }
  }

  #sizeOf({ name, global }: ResourceClaim, { device }: Claimant, pool: string): number {
    const given =
      this.resources.find((each) => each.name === name && !global && each.device === device) ??
      this.resources.find((each) => each.name === name && each.device === undefined);
    if (given) return given.count;
    let largest = 0;
    for (const each of this.#claimants) for (const claim of each.claims) if (poolOf(claim, each) === pool) largest = Math.max(largest, claim.count);
    return largest;
  }
}

const rank = ({ runs, priority }: Claimant): number => runs * priority;

/** Whether two want something of the same pool. */
const share = (a: Claimant, b: Claimant): boolean => a.claims.some((claim) => b.claims.some((other) => poolOf(claim, a) === poolOf(other, b)));

const poolOf = ({ name, global }: ResourceClaim, { device }: Pick<Claimant, 'device'>): string => (global ? name : `${name}@${device}`);
