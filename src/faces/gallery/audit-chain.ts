import { createHash } from 'node:crypto';
import { fail } from '../../core/index.js';
import type { ChangeNote } from './port.js';

/** What can happen to a gallery. */
export type AuditAction = 'enrolled' | 'renamed' | 'merged' | 'face-deleted' | 'person-deleted' | 'expired' | 'vector-replaced';

/** What happened, before it has a place in the chain. Names stay in the log after a deletion; vectors and pictures never enter it. */
export interface AuditEvent {
  /** When, as an ISO 8601 time. */
  readonly at: string;
  readonly actor: string;
  readonly action: AuditAction;
  /** Whom it concerns, by the name before the change. */
  readonly person: string;
  /** Numbers of the faces it concerns. */
  readonly faces: readonly number[];
  /** The name after a renaming or a merging. */
  readonly to?: string;
  readonly reason?: string;
  /** More about an enrolment: source, digest, model, consent, expiry. */
  readonly about?: Readonly<Record<string, unknown>>;
}

/** An event in the chain: who changes, drops or adds an entry breaks every hash that follows. */
export interface AuditEntry extends AuditEvent {
  /** From 1, without gaps. */
  readonly sequence: number;
  /** `hash` of the entry before; zeros for the first. */
  readonly previous: string;
  /** SHA-256 of the entry without this field, as it is written. */
  readonly hash: string;
}

/** Where a chain ends. */
export interface ChainEnd {
  readonly sequence: number;
  readonly hash: string;
}

/** The end of a chain without entries. */
export const EMPTY_CHAIN: ChainEnd = { sequence: 0, hash: '0'.repeat(64) };

/** Refuses a change of which nobody is the author. @throws Fault INVALID_ARGUMENT */
export function checkNote({ actor }: ChangeNote): void {
  if (actor.trim() === '') fail('INVALID_ARGUMENT', 'note.actor: say who changes the gallery; the audit log keeps it');
}

/** The event of a change that `note` explains. */
export function auditEvent(
  nowMs: number,
  { actor, reason }: ChangeNote,
  happened: Pick<AuditEvent, 'action' | 'person' | 'faces' | 'to' | 'about'>,
): AuditEvent {
  const { action, person, faces, ...more } = happened;
  return { at: new Date(nowMs).toISOString(), actor, action, person, faces, ...(reason === undefined ? {} : { reason }), ...more };
}

/** Who forgets faces past their expiry. */
export const RETENTION: ChangeNote = { actor: 'retention', reason: 'the time to keep it is over' };

const digestOf = (entry: Omit<AuditEntry, 'hash'>): string => createHash('sha256').update(JSON.stringify(entry)).digest('hex');

/** Puts `event` behind the end of a chain. */
export function chained(end: ChainEnd, event: AuditEvent): AuditEntry {
  const { at, actor, action, person, faces, ...rest } = event;
  const entry = { sequence: end.sequence + 1, at, actor, action, person, faces, ...rest, previous: end.hash };
  return { ...entry, hash: digestOf(entry) };
}

/** Passes entries on as long as the chain holds. @throws Fault INTEGRITY that names the first entry which does not fit */
export async function* verifiedChain(entries: AsyncIterable<AuditEntry>, start: ChainEnd = EMPTY_CHAIN): AsyncGenerator<AuditEntry> {
  let end = start;
  for await (const entry of entries) {
    const { hash, ...rest } = entry;
    if (entry.sequence !== end.sequence + 1 || entry.previous !== end.hash)
      fail(
        'INTEGRITY',
        `the audit log is broken: entry ${entry.sequence} does not follow entry ${end.sequence}; entries are missing or were changed`,
      );
    if (digestOf(rest) !== hash) fail('INTEGRITY', `the audit log is broken: entry ${entry.sequence} was changed after it was written`);
    end = entry;
    yield entry;
  }
}
