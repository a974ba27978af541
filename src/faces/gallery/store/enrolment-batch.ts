import { type AuditEntry, type AuditEvent, type ChainEnd, chained } from '../audit-chain.js';
import { refuseOtherLength, refuseOtherName, refuseSamePicture } from '../enrolment-rules.js';
import type { Face, NewFace } from '../port.js';
import type { Change } from './face-record.js';

interface Pending {
  readonly face: Face;
  readonly given: NewFace;
  readonly audit: AuditEntry;
}

const cosineDistance = (a: Float32Array, b: Float32Array): number => {
  let product = 0;
  for (let i = 0; i < a.length; i++) product += a[i]! * b[i]!;
  return 1 - product;
};

/** Faces that passed every check and wait to be written in one go; they are checked against each other as against those written. */
export class EnrolmentBatch {
  readonly #pending: Pending[] = [];

  constructor(
    private nextId: number,
    private chainEnd: ChainEnd,
  ) {}

  /** @throws Fault ALREADY_EXISTS, INVALID_ARGUMENT for a face that does not go with one that waits */
  check({ vector, digest, source }: NewFace, person: string, similarWithin: number | undefined): void {
    for (const { face, given } of this.#pending) {
      if (given.vector.model !== vector.model) continue;
      if (given.vector.values.length !== vector.values.length) refuseOtherLength(vector, given.vector.values.length);
      if (face.digest === digest) refuseSamePicture(source, face);
      if (similarWithin === undefined || face.person === person) continue;
      const distance = cosineDistance(given.vector.values, vector.values);
      if (distance <= similarWithin) refuseOtherName(source, person, { id: face.id, person: face.person, distance });
    }
  }

  /** Gives a face its number and its place in the audit log. */
  add(checked: Omit<Face, 'id'>, given: NewFace, eventOf: (face: Face) => AuditEvent): Face {
    const face = { id: this.nextId++, ...checked };
    const audit = chained(this.chainEnd, eventOf(face));
    this.chainEnd = audit;
    this.#pending.push({ face, given, audit });
    return face;
  }

  /** What is to be written. */
  changes(): (Change & { readonly audit: AuditEntry })[] {
    return this.#pending.map(({ face, given, audit }) => ({ op: 'face', face, dimensions: given.vector.values.length, audit }));
  }

  /** The vectors and chips that go with {@link EnrolmentBatch.changes}. */
  parts(): { readonly values: Float32Array; readonly chip: Uint8Array }[] {
    return this.#pending.map(({ given }) => ({ values: given.vector.values, chip: given.chip ?? new Uint8Array() }));
  }
}
