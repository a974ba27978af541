import type { Gate } from './dispatcher.js';
import type { PlannedInstance } from './instance-plan.js';
import type { Claimant, RateLimiter } from './rate-limiter.js';
import type { Slot } from './slots.js';

/** Device of instances that name none. */
const NO_DEVICE = 0;

/** One model's instances at the engine's rate limiter. Those that claim nothing always pass. */
export class ModelGate implements Gate {
  readonly #claimants = new Map<Slot, Claimant>();

  constructor(
    readonly limiter: RateLimiter,
    readonly planned: (index: number) => PlannedInstance,
    readonly retry: () => void,
  ) {}

  /** An instance that will run. */
  join(slot: Slot): void {
    const { resources, device = NO_DEVICE, ratePriority } = this.planned(slot.index);
    if (resources.length === 0 || this.#claimants.has(slot)) return;
    const claimant: Claimant = { claims: resources, device, priority: ratePriority, runs: 0, retry: this.retry };
    this.#claimants.set(slot, claimant);
    this.limiter.join(claimant);
  }

  /** An instance that will run no more. */
  part(slot: Slot): void {
    const claimant = this.#claimants.get(slot);
    this.#claimants.delete(slot);
    if (claimant) this.limiter.part(claimant);
  }

  enter(slot: Slot): boolean {
    this.join(slot);
    const claimant = this.#claimants.get(slot);
    return !claimant || this.limiter.enter(claimant);
  }

  leave(slot: Slot, ran: boolean): void {
    const claimant = this.#claimants.get(slot);
    if (claimant) this.limiter.leave(claimant, ran);
  }
}
