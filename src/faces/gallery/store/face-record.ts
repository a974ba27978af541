import { fail } from '../../../core/index.js';
import type { AuditEntry, ChainEnd } from '../audit-chain.js';
import type { Face } from '../port.js';

/** What one record of the store says. `audit` is the change's entry in the audit log; a compacted store has none. */
export type Change =
  /** The first record of a file: what went before it. */
  | { readonly op: 'start'; readonly nextId: number; readonly revision: number; readonly audit: ChainEnd }
  /** A face, new or in place of the one with its number. */
  | { readonly op: 'face'; readonly face: Face; readonly dimensions: number; readonly audit?: AuditEntry }
  /** All faces under one name go to another. */
  | { readonly op: 'name'; readonly from: string; readonly to: string; readonly audit: AuditEntry }
  /** Faces are forgotten. */
  | { readonly op: 'gone'; readonly faces: readonly number[]; readonly audit: AuditEntry };

/** A record as it lies in the file: the change as JSON behind its length, the vector, the chip. */
export interface FaceRecord {
  readonly change: Change;
  /** Empty unless the change is a face. */
  readonly values: Float32Array;
  readonly chip: Uint8Array;
}

/** The bytes of a record. */
export function encodeRecord(change: Change, values: Float32Array = new Float32Array(), chip: Uint8Array = new Uint8Array()): Buffer {
  const json = Buffer.from(JSON.stringify(change));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(json.length);
  return Buffer.concat([length, json, Buffer.from(values.buffer, values.byteOffset, values.byteLength), chip]);
}

/** Reads {@link encodeRecord}; nothing in the answer shares memory with `body`. @throws Fault INPUT_CORRUPT */
export function decodeRecord(body: Buffer): FaceRecord {
  try {
    const vectorAt = 4 + body.readUInt32LE(0);
    if (vectorAt > body.length) throw new RangeError('the JSON is longer than the record');
    const change = JSON.parse(body.toString('utf8', 4, vectorAt)) as Change;
    const dimensions = change.op === 'face' ? change.dimensions : 0;
    const chipAt = vectorAt + dimensions * 4;
    if (!(chipAt <= body.length)) throw new RangeError('the vector is longer than the record');
    const values = new Float32Array(Uint8Array.prototype.slice.call(body, vectorAt, chipAt).buffer);
    return { change, values, chip: Uint8Array.prototype.slice.call(body, chipAt) };
  } catch (error) {
    return fail('INPUT_CORRUPT', 'a record of the gallery is not one that Ocellus writes; restore the gallery from a backup or an export', error);
  }
}
