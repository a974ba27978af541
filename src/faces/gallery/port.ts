import type { Fault } from '../../core/index.js';
import type { FaceVector } from '../port.js';
import type { AuditEntry } from './audit-chain.js';

/** Who changes the gallery, and why; the audit log keeps it. */
export interface ChangeNote {
  readonly actor: string;
  readonly reason?: string;
}

/** That a person agreed to be known, or what else allows it. */
export interface Consent {
  /** Who gave it: the person, a guardian, an employer's agreement. */
  readonly by: string;
  /** When, as an ISO 8601 time. */
  readonly at: string;
  /** What it rests on, such as `signed form 12` or `contract`. */
  readonly basis: string;
}

/** A picture's face to be known under a name. */
export interface NewFace {
  readonly person: string;
  readonly vector: FaceVector;
  /** Where the picture came from: a file's name or a URL. */
  readonly source: string;
  /** SHA-256 of the picture's bytes, 64 hexadecimal digits in lower case. */
  readonly digest: string;
  /** From 0 to 1, as the quality gate judged it. */
  readonly quality?: number;
  readonly consent?: Consent;
  /** When the face must be forgotten, as an ISO 8601 time; never later than the gallery's `retentionDays` say. */
  readonly expiresAt?: string;
  /** The aligned cut-out, in the bytes that will be embedded again: the gallery does not look into them. Kept, it lets another model take over. */
  readonly chip?: Uint8Array;
  /** When the face was first enrolled, as an ISO 8601 time; now when absent. */
  readonly enrolledAt?: string;
}

/** A face that the gallery knows, without its vector. */
export interface Face {
  /** Its number in this gallery, never used again. */
  readonly id: number;
  readonly person: string;
  readonly model: string;
  readonly source: string;
  readonly digest: string;
  readonly enrolledAt: string;
  readonly hasChip: boolean;
  readonly quality?: number;
  readonly consent?: Consent;
  readonly expiresAt?: string;
}

/** A face with all that is stored of it. */
export interface StoredFace extends Face {
  readonly vector: FaceVector;
  readonly chip?: Uint8Array;
}

/** A name and how many faces stand behind it. */
export interface Person {
  readonly name: string;
  readonly faces: number;
}

/** A known face near to the one asked for. */
export interface Match {
  readonly face: number;
  readonly person: string;
  /** Cosine distance from 0 (the same direction) to 2. */
  readonly distance: number;
}

/** How much a gallery holds. */
export interface GalleryCounts {
  readonly people: number;
  readonly faces: number;
  /** Faces by the model of their vectors. */
  readonly models: Readonly<Record<string, number>>;
}

/** Options of {@link Gallery.enrolAll}. */
export interface EnrolOptions {
  /** What becomes of a face nearly identical to one of another name: refused, which is the default and takes a search each, or accepted. */
  readonly similar?: 'refuse' | 'accept';
}

/**
 * The known faces. Every change is in the audit log once its promise resolves, survives a crash from then on, and is seen by every process
 * that has the gallery open. Faces past their expiry are neither matched nor listed.
 */
export interface Gallery extends AsyncDisposable {
  /** Grows with every change, whoever made it; compare it to know whether something cached is stale. */
  readonly revision: number;
  /**
   * Makes a face known.
   * @throws Fault ALREADY_EXISTS for a picture already there, or a face nearly identical to one of another name; FAILED_PRECONDITION when
   * consent is required and missing; INVALID_ARGUMENT; OUTPUT_FAILED or UNAVAILABLE when the store fails, which every change may throw
   */
  enrol(face: NewFace, note: ChangeNote): Promise<Face>;
  /** Makes many faces known in one go; each is answered by its face, or by the fault that {@link Gallery.enrol} would throw. When the store fails all that is not written is given up, and the fault thrown. */
  enrolAll(faces: readonly NewFace[], note: ChangeNote, options?: EnrolOptions): Promise<readonly (Face | Fault)[]>;
  /** All names in alphabetical order. */
  people(): Promise<readonly Person[]>;
  /** The faces of one person in the order of their numbers. @throws Fault NOT_FOUND */
  faces(person: string): Promise<readonly Face[]>;
  /** Gives a person another name. @throws Fault NOT_FOUND; ALREADY_EXISTS when the name is taken: merge then */
  rename(from: string, to: string, note: ChangeNote): Promise<void>;
  /** Puts all faces of `from` under the name `into`; `from` is no more. @throws Fault NOT_FOUND, INVALID_ARGUMENT */
  merge(from: string, into: string, note: ChangeNote): Promise<void>;
  /** Forgets a person; vectors and chips are overwritten. Answers how many faces went. @throws Fault NOT_FOUND */
  deletePerson(name: string, note: ChangeNote): Promise<number>;
  /** Forgets one face; its vector and chip are overwritten. A person without faces is forgotten too. @throws Fault NOT_FOUND */
  deleteFace(id: number, note: ChangeNote): Promise<void>;
  /** Forgets the faces that are past their expiry, and answers how many. It is done by itself at opening and on a schedule. */
  purgeExpired(): Promise<number>;
  /** Replaces the vector of a face, as after embedding its chip by another model. @throws Fault NOT_FOUND, INVALID_ARGUMENT */
  replaceVector(id: number, vector: FaceVector, note: ChangeNote): Promise<void>;
  /** The known faces nearest to a vector among those of the same model, nearest first; 1 when `limit` is absent. @throws Fault INVALID_ARGUMENT */
  nearest(vector: FaceVector, limit?: number): Promise<readonly Match[]>;
  counts(): Promise<GalleryCounts>;
  /** Everything stored, in the order of numbers: for export and for embedding again. Faces that go meanwhile may be left out. */
  stored(): AsyncIterable<StoredFace>;
  /** The audit log from its beginning. @throws Fault INTEGRITY at an entry that was changed, or after which one is missing */
  audit(): AsyncIterable<AuditEntry>;
  /** Calls `listener` with the new revision after each change, by whichever process; returns the way to stop it. */
  watch(listener: (revision: number) => void): () => void;
  /** Finishes the changes that were asked for, and closes. */
  close(): Promise<void>;
}
