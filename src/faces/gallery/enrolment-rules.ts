import { fail } from '../../core/index.js';
import type { FaceVector } from '../port.js';
import type { Consent, Face, NewFace } from './port.js';

/** What a gallery asks of every enrolment. */
export interface EnrolmentPolicy {
  /** Whether a face without consent is refused. */
  readonly requireConsent: boolean;
  /** Days after which a face is forgotten; never when absent. */
  readonly retentionDays?: number | undefined;
}

/** A face that passed the rules, before it has a number. */
export type CheckedFace = Omit<Face, 'id'>;

const DAY_MS = 86_400_000;
const MOST_CHARACTERS = 200;
const MOST_DIMENSIONS = 4096;
const ISO_TIME = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?$/;
// Control characters, and marks that make a text read in another order than it is written.
const INVISIBLE = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u;

/** A person's name as the gallery keeps it: trimmed, in Unicode's composed form. @throws Fault INVALID_ARGUMENT */
export function checkedName(name: string): string {
  const text = name.normalize('NFC').trim();
  if (text === '') fail('INVALID_ARGUMENT', 'person: the name is empty');
  if (text.length > MOST_CHARACTERS)
    fail('INVALID_ARGUMENT', `person: the name has ${text.length} characters; at most ${MOST_CHARACTERS} are allowed`);
  if (INVISIBLE.test(text)) fail('INVALID_ARGUMENT', `person: the name ${JSON.stringify(text)} has control characters`);
  if (text.toLowerCase() === 'unknown') fail('INVALID_ARGUMENT', 'person: "unknown" is the answer for strangers and cannot be a name');
  return text;
}

/** A time as the gallery keeps it: ISO 8601 in UTC. @throws Fault INVALID_ARGUMENT that names the field */
export function checkedTime(field: string, text: string): string {
  const ms = ISO_TIME.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(ms)) fail('INVALID_ARGUMENT', `${field}: "${text}" is not an ISO 8601 date or time with zone, such as 2026-01-31T12:00:00Z`);
  return new Date(ms).toISOString();
}

/** Refuses what is no vector. @throws Fault INVALID_ARGUMENT for a vector that has no model, is not of unit length or holds what is no number */
export function checkVector({ model, values }: FaceVector): void {
  if (model.trim() === '') fail('INVALID_ARGUMENT', 'vector.model: the name of the model is empty');
  if (values.length === 0 || values.length > MOST_DIMENSIONS)
    fail('INVALID_ARGUMENT', `vector.values: ${values.length} numbers; between 1 and ${MOST_DIMENSIONS} are allowed`);
  let squares = 0;
  for (const value of values) squares += value * value;
  if (!(Math.abs(squares - 1) < 2e-3))
    fail('INVALID_ARGUMENT', `vector.values: the length is ${Math.sqrt(squares)}; divide by it to get unit length`);
}

function checkedConsent({ by, at, basis }: Consent): Consent {
  if (by.trim() === '') fail('INVALID_ARGUMENT', 'consent.by: say who gave the consent');
  if (basis.trim() === '') fail('INVALID_ARGUMENT', 'consent.basis: say what the consent rests on');
  return { by, at: checkedTime('consent.at', at), basis };
}

function expiryOf(face: NewFace, enrolledAt: string, { retentionDays }: EnrolmentPolicy, nowMs: number): string | undefined {
  const asked = face.expiresAt === undefined ? [] : [checkedTime('expiresAt', face.expiresAt)];
  const allowed = retentionDays === undefined ? [] : [new Date(Date.parse(enrolledAt) + retentionDays * DAY_MS).toISOString()];
  const [earliest] = [...asked, ...allowed].toSorted();
  if (earliest !== undefined && Date.parse(earliest) <= nowMs)
    fail('INVALID_ARGUMENT', `expiresAt: ${earliest} is past; the face would be forgotten at once`);
  return earliest;
}

/** A face as the gallery keeps it. @throws Fault INVALID_ARGUMENT that names the field; FAILED_PRECONDITION for a missing consent */
export function checkedFace(face: NewFace, policy: EnrolmentPolicy, nowMs: number): CheckedFace {
  const person = checkedName(face.person);
  checkVector(face.vector);
  if (!/^[0-9a-f]{64}$/.test(face.digest)) fail('INVALID_ARGUMENT', 'digest: give the SHA-256 of the picture as 64 hexadecimal digits in lower case');
  if (face.quality !== undefined && !(face.quality >= 0 && face.quality <= 1))
    fail('INVALID_ARGUMENT', `quality: ${face.quality} is not between 0 and 1`);
  if (policy.requireConsent && face.consent === undefined)
    fail('FAILED_PRECONDITION', `${face.source}: this gallery takes no face without consent; give who consented, when, and on what basis`);
  const enrolledAt = face.enrolledAt === undefined ? new Date(nowMs).toISOString() : checkedTime('enrolledAt', face.enrolledAt);
  const expiresAt = expiryOf(face, enrolledAt, policy, nowMs);
  return {
    person,
    model: face.vector.model,
    source: face.source,
    digest: face.digest,
    enrolledAt,
    hasChip: face.chip !== undefined,
    ...(face.quality === undefined ? {} : { quality: face.quality }),
    ...(face.consent === undefined ? {} : { consent: checkedConsent(face.consent) }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
}

/** The answer for a picture that is there already. @throws Fault ALREADY_EXISTS */
export function refuseSamePicture(source: string, known: Pick<Face, 'id' | 'person' | 'source'>): never {
  return fail('ALREADY_EXISTS', `${source}: this picture is already enrolled, as face ${known.id} of "${known.person}" (${known.source})`);
}

/** The answer for a face that is nearly one of another name. @throws Fault ALREADY_EXISTS */
export function refuseOtherName(
  source: string,
  person: string,
  known: { readonly person: string; readonly id: number; readonly distance: number },
): never {
  return fail(
    'ALREADY_EXISTS',
    `${source}: nearly the same face is enrolled as "${known.person}" (face ${known.id}, distance ${known.distance.toFixed(4)}), so it cannot be ` +
      `"${person}"; correct the name, or merge the two people first`,
  );
}

/** The answer for a vector that is not as long as the others of its model. @throws Fault INVALID_ARGUMENT */
export function refuseOtherLength(vector: FaceVector, dimensions: number): never {
  return fail(
    'INVALID_ARGUMENT',
    `vector.values: ${vector.values.length} numbers, but those of model "${vector.model}" have ${dimensions} in this gallery`,
  );
}

/** The answer for a name that nobody has. */
export function noSuchPerson(name: string, hint = ''): never {
  return fail('NOT_FOUND', `nobody is enrolled as "${name}".${hint}`);
}

/** The answer for a number that no face has. */
export function noSuchFace(id: number): never {
  return fail('NOT_FOUND', `there is no face ${id} in the gallery`);
}

/** The answer for a new name that is in use. @throws Fault ALREADY_EXISTS */
export function refuseTakenName(name: string): never {
  return fail('ALREADY_EXISTS', `"${name}" is enrolled already; merge the two instead of renaming`);
}

/** The answer for merging somebody with themselves. @throws Fault INVALID_ARGUMENT */
export function refuseSelfMerge(name: string): never {
  return fail('INVALID_ARGUMENT', `"${name}" cannot be merged with itself`);
}

/** How many neighbours are asked for, when absent one. @throws Fault INVALID_ARGUMENT */
export function checkLimit(limit: number): void {
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000) fail('INVALID_ARGUMENT', `limit: ${limit} is not a whole number from 1 to 1000`);
}

/** What the audit log keeps of an enrolment besides who and when. */
export function aboutEnrolment({ source, digest, model, quality, consent, expiresAt }: Face): Readonly<Record<string, unknown>> {
  return { source, digest, model, quality, consent, expiresAt };
}
