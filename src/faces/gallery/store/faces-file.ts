import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type AuditEntry, type ChainEnd, EMPTY_CHAIN } from '../audit-chain.js';
import { type Change, decodeRecord, encodeRecord, type FaceRecord } from './face-record.js';
import { GalleryTable } from './gallery-table.js';
import { type Manifest, nextRecords, writeManifest } from './manifest.js';
import { type FileRecord, RecordFile } from './record-file.js';
import type { KeyRing } from './seal.js';

/** Records are gathered to so many bytes when the file is written anew. */
const BATCH_BYTES = 4 << 20;

/** The file with the faces, and the table that its records make. */
export class FacesFile {
  readonly table = new GalleryTable();
  /** Changes since the gallery was made. */
  revision = 0;
  /** The end of the audit log, as the changes tell it. */
  chainEnd: ChainEnd = EMPTY_CHAIN;
  /** Bytes of records that say nothing any more. */
  #wasted = 0;

  /** Positions of records whose faces are gone, and whose bytes are still there. */
  #dead: number[] = [];

  private constructor(private file: RecordFile) {}

  /** Makes an empty file. @throws Fault OUTPUT_FAILED */
  static async create(folder: string, name: string, keys: KeyRing | undefined): Promise<FacesFile> {
    const faces = new FacesFile(await RecordFile.create(join(folder, name), keys));
    await faces.append([{ op: 'start', nextId: 1, revision: 0, audit: EMPTY_CHAIN }]);
    return faces;
  }

  /** Opens a file; {@link FacesFile.follow} then fills the table. @throws Fault NOT_FOUND, INPUT_CORRUPT */
  static async open(folder: string, manifest: Manifest, mode: 'read' | 'append', keys: KeyRing | undefined): Promise<FacesFile> {
    return new FacesFile(await RecordFile.open(join(folder, manifest.records), mode, keys));
  }

  /** Applies what was appended since the last call, by whichever process; `seen` gets each audit entry. @throws Fault INTEGRITY, INPUT_CORRUPT */
  async follow(seen: (entry: AuditEntry) => void = () => {}): Promise<void> {
    for await (const record of this.file.follow()) {
      if (record.isHalfErased) this.#dead.push(record.position);
      if (record.body === null) this.#skip(record);
      else {
        const { change, values } = decodeRecord(record.body);
        this.#apply(change, values, record.position);
        if (change.op !== 'start' && change.audit) seen(change.audit);
      }
    }
  }

  /** An erased record was a change too: every reader must count alike. */
  #skip(record: FileRecord): void {
    this.revision++;
    this.#wasted += record.bytes;
  }

  #apply(change: Change, values: Float32Array, position: number): void {
    if (change.op === 'start') {
      this.table.nextId = change.nextId;
      this.revision = change.revision;
      this.chainEnd = change.audit;
      return;
    }
    this.revision++;
    if (change.audit) this.chainEnd = { sequence: change.audit.sequence, hash: change.audit.hash };
    if (change.op === 'name') this.table.rename(change.from, change.to);
    if (change.op === 'gone')
      for (const id of change.faces) {
        this.#remove(id);
        // Its own record may be erased: this one alone tells that the number was given.
        this.table.nextId = Math.max(this.table.nextId, id + 1);
      }
    if (change.op === 'face') {
      this.#remove(change.face.id);
      this.table.add(change.face, values, position);
    }
  }

  #remove(id: number): void {
    const position = this.table.remove(id);
    if (position !== undefined) this.#dead.push(position);
  }

  /** Cuts off what a crash left at the end; answers how many bytes. @throws Fault INTEGRITY */
  cutTornTail(): Promise<number> {
    return this.file.cutTornTail();
  }

  /** Appends changes and applies them, once they are on the disk. @throws Fault OUTPUT_FAILED */
  async append(changes: readonly Change[], parts: readonly Pick<FaceRecord, 'values' | 'chip'>[] = []): Promise<void> {
    const positions = await this.file.append(changes.map((change, at) => encodeRecord(change, parts[at]?.values, parts[at]?.chip)));
    changes.forEach((change, at) => this.#apply(change, parts[at]?.values ?? new Float32Array(), positions[at]!));
  }

  /** Overwrites what is left of faces that are gone. */
  async eraseDead(): Promise<void> {
    if (this.#dead.length === 0) return;
    this.#wasted += await this.file.erase(this.#dead);
    this.#dead = [];
  }

  /** Whether more than half of the file, and more than 64 KiB, says nothing any more. */
  get isWorthRewriting(): boolean {
    return this.#wasted > Math.max(this.file.end / 2, 65_536);
  }

  /** What is stored of a face besides its metadata; undefined when it was just erased. */
  async partsOf(position: number): Promise<FaceRecord | undefined> {
    const body = await this.file.read(position);
    return body === null ? undefined : decodeRecord(body);
  }

  /** Moves to a new file with nothing but the faces that are in the table, and removes the old one. Answers the manifest that names it. */
  async rewrite(folder: string, manifest: Manifest, keys: KeyRing | undefined): Promise<Manifest> {
    const renewed = { ...manifest, records: nextRecords(manifest) };
    const file = await RecordFile.create(join(folder, renewed.records), keys);
    const old = this.file;
    try {
      const places = await this.#copyLiving(file);
      await writeManifest(folder, renewed);
      for (const [id, position] of places) this.table.place(id, position);
    } catch (error) {
      await file.close();
      await rm(file.path, { force: true });
      throw error;
    }
    this.file = file;
    this.#wasted = 0;
    this.#dead = [];
    await old.close();
    // Where an open file cannot be removed, a reader still has it; the next opening removes it.
    await rm(old.path, { force: true }).catch(() => {});
    return renewed;
  }

  async #copyLiving(file: RecordFile): Promise<Map<number, number>> {
    const { size } = this.table;
    await file.append([encodeRecord({ op: 'start', nextId: this.table.nextId, revision: this.revision - size, audit: this.chainEnd })]);
    const places = new Map<number, number>();
    let ids: number[] = [];
    let bodies: Buffer[] = [];
    let bytes = 0;
    const flush = async (): Promise<void> => {
      (await file.append(bodies)).forEach((position, at) => places.set(ids[at]!, position));
      [ids, bodies, bytes] = [[], [], 0];
    };
    for await (const { id, body } of this.#living()) {
      ids.push(id);
      bodies.push(body);
      bytes += body.length;
      if (bytes > BATCH_BYTES) await flush();
    }
    await flush();
    return places;
  }

  async *#living(): AsyncGenerator<{ readonly id: number; readonly body: Buffer }> {
    for await (const { body, position } of this.file.records()) {
      const record = body && decodeRecord(body);
      if (record?.change.op !== 'face' || this.table.positionOf(record.change.face.id) !== position) continue;
      const { face } = this.table.face(record.change.face.id);
      yield { id: face.id, body: encodeRecord({ op: 'face', face, dimensions: record.change.dimensions }, record.values, record.chip) };
    }
  }

  async close(): Promise<void> {
    await this.file.close();
  }
}
