import type { Datatype, Tensor } from '../core/index.js';

/** What becomes of a request that waited longer than it may: refused, or served after all others of its level. */
export type TimeoutAction = 'reject' | 'delay';

/** How one priority level of a queue treats those that wait; Triton's `ModelQueuePolicy`. */
export interface QueuePolicy {
  /** `reject` when absent. */
  readonly timeoutAction?: TimeoutAction;
  /** How long a request may wait, in milliseconds (fractions count); 0, and the default, is for ever. */
  readonly defaultTimeoutMs?: number;
  /** Whether a request's own `timeoutMs` may shorten `defaultTimeoutMs`; it never lengthens it. False when absent. */
  readonly allowTimeoutOverride?: boolean;
  /** Requests that may wait at this level; 0, and the default, is any number. */
  readonly maxQueueSize?: number;
}

/** Batches of requests that know nothing of each other; Triton's dynamic batcher. */
export interface BatchScheduling {
  readonly kind: 'batch';
  /** Rows at which a batch leaves at once; `[maxBatch]` when absent or empty. */
  readonly preferredBatchSizes?: readonly number[];
  /** How long the oldest request waits for company, in milliseconds; 0 when absent. */
  readonly maxQueueDelayMs?: number;
  /** Answers leave in the order in which the requests came. Needs a single level, and `reject`. */
  readonly preserveOrdering?: boolean;
  /** Levels 1 (served first) to this; 0, and the default, is a single level that looks at no priority. */
  readonly priorityLevels?: number;
  /** Level of a request whose priority is 0 or beyond the last level. Required with `priorityLevels`. */
  readonly defaultPriorityLevel?: number;
  /** Of levels that `priorityQueuePolicies` does not name. */
  readonly defaultQueuePolicy?: QueuePolicy;
  /** By level. */
  readonly priorityQueuePolicies?: Readonly<Record<number, QueuePolicy>>;
}

/** Where the flags of a sequence go in; Triton's `control_input`. The input is the engine's: requests do not carry it. */
export interface FlagControl {
  readonly kind: 'start' | 'end' | 'ready';
  readonly input: string;
  readonly datatype: 'INT32' | 'FP32' | 'BOOL';
  /** Numbers that stand for no and yes; `[0, 1]` when absent. */
  readonly values?: readonly [no: number, yes: number];
}

/** Where the sequence's id goes in. Ids must be of this type: texts for BYTES, whole numbers for all others. */
export interface IdControl {
  readonly kind: 'sequenceId';
  readonly input: string;
  readonly datatype: 'UINT64' | 'INT64' | 'UINT32' | 'INT32' | 'BYTES';
}

/** An input that the engine fills in for a sequence. */
export type SequenceControl = FlagControl | IdControl;

/**
 * A tensor that a model hands from one request of a sequence to the next; Triton's implicit state. The engine keeps it, so the input is never in a
 * request, and the output is in an answer only when the request names it in `outputs`.
 */
export interface SequenceState {
  readonly input: string;
  readonly output: string;
  readonly datatype: Datatype;
  /** Without the batch axis; -1 is any size, and 1 at the start. */
  readonly dims: readonly number[];
  /** What a sequence starts with, in row-major order, with `dims` of its own where some of the state's are free. Zeros (empty texts) when absent. */
  readonly initial?: { readonly dims?: readonly number[]; readonly data: Tensor['data'] };
}

/** One row of the batch is one sequence for as long as it lives; Triton's `direct`. */
export interface DirectStrategy {
  readonly kind: 'direct';
  /** Read only with `minimumSlotUtilization`. Milliseconds; 0 when absent. */
  readonly maxQueueDelayMs?: number;
  /** A run with a smaller part of the rows filled (0 to 1) waits up to `maxQueueDelayMs` for more. 0 when absent. */
  readonly minimumSlotUtilization?: number;
}

/** Sequences on one instance share runs, the oldest request first, one request of a sequence at a time; Triton's `oldest`. */
export interface OldestStrategy {
  readonly kind: 'oldest';
  /** Sequences that live on one instance at a time. */
  readonly maxCandidateSequences: number;
  readonly preferredBatchSizes?: readonly number[];
  /** Milliseconds; 0 when absent. */
  readonly maxQueueDelayMs?: number;
  readonly preserveOrdering?: boolean;
}

/** Why a sequence is over. `lost`: the instance that knew it is gone. */
export type SequenceEndReason = 'end' | 'idle' | 'restarted' | 'cancelled' | 'lost' | 'unload';

/** A sequence's name among those of its model; 0 and '' are no id. */
export type SequenceId = bigint | string;

/** Requests of a sequence run in order, on one instance; Triton's sequence batcher. */
export interface SequenceScheduling {
  readonly kind: 'sequence';
  /** `{ kind: 'direct' }` when absent. */
  readonly strategy?: DirectStrategy | OldestStrategy;
  /** A sequence without a request for so long is over. Milliseconds; 1000 when absent. */
  readonly maxIdleMs?: number;
  readonly controls?: readonly SequenceControl[];
  readonly states?: readonly SequenceState[];
  /** Each request is a sequence of its own, numbered by the engine, that runs until the backend no longer asks for another turn. */
  readonly iterative?: boolean;
  /** Told once for each sequence that ever ran, after its last run. The backend is told as well. Must not throw. */
  readonly onSequenceEnd?: (id: SequenceId, reason: SequenceEndReason) => void;
}

/** How requests are queued and put together. */
export type Scheduling = BatchScheduling | SequenceScheduling;

/** What a run takes from the pools of the engine's rate limiter. */
export interface ResourceClaim {
  readonly name: string;
  readonly count: number;
  /** Taken from one pool for all devices, instead of that of the instance's device. */
  readonly global?: boolean;
}

/** Instances alike; Triton's instance group. */
export interface InstanceGroup {
  /** Instances, for each of `devices` where there are any; 1 when absent. */
  readonly count?: number;
  /** Of GPUs, by number; each gets `count` instances. Absent: on the CPU, or wherever `providers` put it. */
  readonly devices?: readonly number[];
  /** Instead of the definition's own execution providers. */
  readonly providers?: readonly string[];
  /** What a run of one of these needs; nothing when absent. */
  readonly resources?: readonly ResourceClaim[];
  /** Weight when several models wait for resources: 1 is served first, and the default; 2 gets half as many turns. */
  readonly ratePriority?: number;
}
