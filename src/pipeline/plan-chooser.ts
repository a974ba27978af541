import type { GraphNode } from './nodes/port.js';

/** How the plan came about. */
export interface PlanState {
  readonly plan: 'serial' | 'parallel';
  /** `asked`: the configuration says so. `simple`: there is nothing to gain. `measuring`: both are being tried. `measured`: the faster. */
  readonly why: 'asked' | 'simple' | 'measuring' | 'measured';
  /** Frames a second offline, else the negative of milliseconds a frame; what was measured of each. */
  readonly measured?: { readonly serial: number; readonly parallel: number };
}

/** Results of a phase that are left aside: frames of the phase before are still under way. */
const SETTLE = 8;
const MEASURED = 24;
const ROUNDS = 2;
/** Parallel work costs hand-overs that a short trial does not show: it must be faster by so much. */
const LEAD = 1.03;
/** Up to so many models the nodes of a frame work one after the other: other frames keep the cores busy. */
const FEW_MODELS = 2;

/** Whether two models could work on one frame at the same time: neither waits for the other. */
function haveIndependentModels(nodes: readonly GraphNode[]): boolean {
  const above = new Map<string, ReadonlySet<string>>();
  for (const { name, reads } of nodes) above.set(name, new Set(reads.flatMap((read) => [read, ...(above.get(read) ?? [])])));
  const models = nodes.filter(({ model }) => model).map(({ name }) => name);
  return models.some((one) => models.some((other) => one !== other && !above.get(one)!.has(other) && !above.get(other)!.has(one)));
}

interface Phase {
  readonly serial: boolean;
  seen: number;
  fromMs: number;
  untilMs: number;
  tookMs: number;
}

const phaseOf = (serial: boolean): Phase => ({ serial, seen: 0, fromMs: NaN, untilMs: NaN, tookMs: 0 });

/** Decides whether nodes that do not wait for each other work on a frame at the same time. Pure: it is told of frames as they are done. */
export class PlanChooser {
  #state: PlanState;
  readonly #phases: Phase[] = [];

  constructor(
    wanted: 'auto' | 'serial' | 'parallel',
    nodes: readonly GraphNode[],
    /** What counts: frames a second, or the time of a frame. */
    readonly measure: 'rate' | 'latency',
  ) {
    const models = nodes.filter(({ model }) => model).length;
    if (wanted !== 'auto') this.#state = { plan: wanted, why: 'asked' };
    else if (models <= FEW_MODELS || !haveIndependentModels(nodes)) this.#state = { plan: 'serial', why: 'simple' };
    else {
      this.#state = { plan: 'serial', why: 'measuring' };
      this.#phases.push(phaseOf(true));
    }
  }

  get state(): PlanState {
    return this.#state;
  }

  /** Whether the next frame's nodes are to work one after the other. */
  get serial(): boolean {
    return this.#state.plan === 'serial';
  }

  /** A frame of the running plan is done, `tookMs` after its nodes began. Answers true when that settled the plan. */
  done(tookMs: number, nowMs: number): boolean {
    const phase = this.#phases.at(-1);
    if (!phase || this.#state.why !== 'measuring') return false;
    phase.seen++;
    if (phase.seen === SETTLE) phase.fromMs = nowMs;
    if (phase.seen > SETTLE) phase.tookMs += tookMs;
    if (phase.seen < SETTLE + MEASURED) return false;
    phase.untilMs = nowMs;
    if (this.#phases.length < ROUNDS * 2) {
      this.#phases.push(phaseOf(!phase.serial));
      this.#state = { plan: phase.serial ? 'parallel' : 'serial', why: 'measuring' };
      return false;
    }
    this.#settle();
    return true;
  }

  #settle(): void {
    const [serial, parallel] = [this.#worth(true), this.#worth(false)];
    const faster = this.measure === 'rate' ? parallel > serial * LEAD : parallel * LEAD > serial;
    this.#state = { plan: faster ? 'parallel' : 'serial', why: 'measured', measured: { serial, parallel } };
  }

  #worth(serial: boolean): number {
    const phases = this.#phases.filter((phase) => phase.serial === serial);
    const sum = (of: (phase: Phase) => number): number => phases.reduce((total, phase) => total + of(phase), 0);
    const frames = phases.length * MEASURED;
    return this.measure === 'rate'
      ? (frames * 1000) /
          Math.max(
            1e-6,
            sum(({ fromMs, untilMs }) => untilMs - fromMs),
          )
      : -sum(({ tookMs }) => tookMs) / frames;
  }
}
