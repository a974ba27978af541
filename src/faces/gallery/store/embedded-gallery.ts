import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, Fault, type Log, NULL_LOG, Scope, fail, systemClock, toFault } from '../../../core/index.js';
import type { FaceVector } from '../../port.js';
import { type AuditEntry, type AuditEvent, RETENTION, auditEvent, chained, checkNote } from '../audit-chain.js';
import {
  aboutEnrolment,
  checkLimit,
  checkVector,
  checkedFace,
  checkedName,
  noSuchPerson,
  refuseOtherName,
  refuseSamePicture,
  refuseSelfMerge,
  refuseTakenName,
} from '../enrolment-rules.js';
import type { ChangeNote, EnrolOptions, Face, Gallery, GalleryCounts, Match, NewFace, Person, StoredFace } from '../port.js';
import { RevisionFeed } from '../revision-feed.js';
import { repeat } from '../repeat.js';
import { type GalleryPolicy, type GallerySurroundings, resolvePolicy } from '../settings.js';
import { Turns } from '../turns.js';
import { AuditFile } from './audit-file.js';
import { EnrolmentBatch } from './enrolment-batch.js';
import type { Change } from './face-record.js';
import { FacesFile } from './faces-file.js';
import { type Manifest, keysFor, nextRecords, readManifest, removeStrayRecords, writeManifest } from './manifest.js';
import { type GalleryKey, KeyRing } from './seal.js';
import { WriterLock } from './writer-lock.js';

/** Faces that are written to the disk at once when many are enrolled. */
const BATCH = 64;
/** Neighbours looked at for one of another name: pictures of the person's own may be nearer. */
const SIMILAR_LOOKED_AT = 16;

/** How {@link openEmbeddedGallery} opens a folder. */
export interface EmbeddedGalleryOptions extends Partial<GalleryPolicy>, GallerySurroundings {
  /** Encrypts a new gallery, or opens an encrypted one. */
  readonly key?: GalleryKey;
  /** Opens without the right to change anything; any number of processes may, beside the one that writes. */
  readonly readOnly?: boolean;
  /** How often a reader looks for changes of the writing process; 250 ms when absent. */
  readonly pollMs?: number;
}

/** A gallery in a folder of this machine. */
export interface EmbeddedGallery extends Gallery {
  /** Writes the file with the faces anew, without what was erased. It happens by itself once more than half of the file is. */
  compact(): Promise<void>;
}

/**
 * Opens the gallery in `folder`, and makes one where there is none. The faces are in memory; the disk has a log of changes and the audit log.
 * @throws Fault FAILED_PRECONDITION when another process writes; UNAUTHENTICATED for a missing or wrong key; NOT_FOUND for a reader without
 * a gallery; INTEGRITY for damage
 */
export async function openEmbeddedGallery(folder: string, options: EmbeddedGalleryOptions = {}): Promise<EmbeddedGallery> {
  const gallery = new FolderGallery(folder, options);
  await gallery.open();
  return gallery;
}

class FolderGallery implements EmbeddedGallery {
  readonly #feed = new RevisionFeed();
  readonly #turns = new Turns();
  readonly #scope = new Scope();
  readonly #policy: GalleryPolicy;
  readonly #clock: Clock;
  readonly #now: () => number;
  readonly #log: Log;
  #manifest!: Manifest;
  #keys: KeyRing | undefined;
  #faces!: FacesFile;
  /** Both are there when this process writes. */
  #lock: WriterLock | undefined;
  #audit: AuditFile | undefined;
  #closed = false;

  constructor(
    readonly folder: string,
    readonly options: EmbeddedGalleryOptions,
  ) {
    this.#policy = resolvePolicy(options);
    this.#clock = options.clock ?? systemClock;
    this.#now = options.now ?? Date.now;
    this.#log = (options.log ?? NULL_LOG).child({ gallery: folder });
  }

  get revision(): number {
    return this.#feed.revision;
  }

  async open(): Promise<void> {
    try {
      await (this.options.readOnly === true ? this.#openToRead() : this.#openToWrite());
      this.#feed.moveTo(this.#faces.revision);
    } catch (error) {
      await this.#release();
      throw error;
    }
    this.#scope.defer(() => this.#release());
  }

  async #openToRead(): Promise<void> {
    const manifest = (await readManifest(this.folder)) ?? fail('NOT_FOUND', `there is no gallery in ${this.folder}; enrol somebody first`);
    this.#keys = keysFor(this.folder, manifest, this.options.key);
    await this.#load(manifest);
    this.#repeat(this.options.pollMs ?? 250, () => this.#turns.take(() => this.#lookForChanges()));
  }

  async #load(manifest: Manifest): Promise<void> {
    const faces = await FacesFile.open(this.folder, manifest, 'read', this.#keys).catch(async (error: unknown) => {
      // The writing process may have moved to a new file in this very moment.
      const now = await readManifest(this.folder);
      if (now === undefined || now.records === manifest.records) throw error;
      return now;
    });
    if (!(faces instanceof FacesFile)) return this.#load(faces);
    await faces.follow();
    this.#manifest = manifest;
    this.#faces = faces;
  }

  /** Takes over what the writing process did, a new file included. */
  async #lookForChanges(): Promise<void> {
    if (this.#closed) return;
    const manifest = await readManifest(this.folder);
    if (manifest && manifest.records !== this.#manifest.records) {
      const old = this.#faces;
      await this.#load(manifest);
      await old.close();
    } else await this.#faces.follow();
    this.#feed.moveTo(this.#faces.revision);
  }

  async #openToWrite(): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    this.#lock = await WriterLock.take(join(this.folder, 'writer.lock'));
    const manifest = await readManifest(this.folder);
    await removeStrayRecords(this.folder, manifest);
    await (manifest ? this.#recover(manifest) : this.#create());
    await this.#purge();
    this.#repeat(this.#policy.purgeEveryMinutes * 60_000, () => this.purgeExpired());
  }

  async #create(): Promise<void> {
    this.#keys = this.options.key && KeyRing.create(this.options.key);
    const records = nextRecords();
    this.#faces = await FacesFile.create(this.folder, records, this.#keys);
    this.#audit = await AuditFile.create(this.folder, this.#keys);
    this.#manifest = { format: 'ocellus-gallery', version: 1, records, ...(this.#keys ? { key: this.#keys.notice } : {}) };
    await writeManifest(this.folder, this.#manifest);
  }

  /** Opens what is there, and finishes what a crash cut short: a torn record, entries of the audit log, erasures. */
  async #recover(manifest: Manifest): Promise<void> {
    this.#manifest = manifest;
    this.#keys = keysFor(this.folder, manifest, this.options.key);
    this.#audit = await AuditFile.open(this.folder, this.#keys);
    this.#faces = await FacesFile.open(this.folder, manifest, 'append', this.#keys);
    const entries: AuditEntry[] = [];
    await this.#faces.follow((entry) => void entries.push(entry));
    const cut = await this.#faces.cutTornTail();
    if (cut > 0) this.#log.warn('cut off a record that was not written to its end', { bytes: cut });
    await this.#audit.catchUp(entries, this.#faces.chainEnd);
    await this.#tidy();
  }

  #repeat(everyMs: number, work: () => Promise<unknown>): void {
    this.#scope.defer(repeat(this.#clock, everyMs, work, this.#log));
  }

  async #tidy(): Promise<void> {
    await this.#faces.eraseDead();
    if (this.#faces.isWorthRewriting) await this.#rewrite();
  }

  async #rewrite(): Promise<void> {
    this.#manifest = await this.#faces.rewrite(this.folder, this.#manifest, this.#keys);
  }

  compact(): Promise<void> {
    return this.#change({ actor: 'compaction' }, () => this.#rewrite());
  }

  /** Runs a change in its turn, with the right to write. */
  #change<T>(note: ChangeNote, work: () => Promise<T>): Promise<T> {
    return this.#turns.take(async () => {
      this.#checkOpen();
      checkNote(note);
      if (!this.#lock) fail('FAILED_PRECONDITION', `the gallery in ${this.folder} is open with readOnly; open it without to change it`);
      await this.#lock.check();
      await this.#audit!.append([]);
      return work();
    });
  }

  #checkOpen(): void {
    if (this.#closed) fail('FAILED_PRECONDITION', `the gallery in ${this.folder} is closed`);
  }

  /** Writes changes with their audit entries, applies them, and tells the listeners. */
  async #commit(changes: readonly (Change & { readonly audit: AuditEntry })[], parts: Parameters<FacesFile['append']>[1] = []): Promise<void> {
    await this.#faces.append(changes, parts);
    try {
      await this.#audit!.append(changes.map(({ audit }) => audit));
      await this.#tidy();
    } finally {
      this.#feed.moveTo(this.#faces.revision);
    }
  }

  #event(
    action: AuditEvent['action'],
    person: string,
    faces: readonly number[],
    note: ChangeNote,
    more: Pick<AuditEvent, 'to' | 'about'> = {},
  ): AuditEvent {
    return auditEvent(this.#now(), note, { action, person, faces, ...more });
  }

  #chained(event: AuditEvent): AuditEntry {
    return chained(this.#faces.chainEnd, event);
  }

  async enrol(face: NewFace, note: ChangeNote): Promise<Face> {
    const [enrolled] = await this.enrolAll([face], note);
    if (enrolled instanceof Error) throw enrolled;
    return enrolled!;
  }

  async enrolAll(faces: readonly NewFace[], note: ChangeNote, { similar = 'refuse' }: EnrolOptions = {}): Promise<readonly (Face | Fault)[]> {
    const answers: (Face | Fault)[] = [];
    for (let start = 0; start < faces.length; start += BATCH)
      answers.push(...(await this.#change(note, () => this.#enrolBatch(faces.slice(start, start + BATCH), note, similar === 'refuse'))));
    return answers;
  }

  async #enrolBatch(faces: readonly NewFace[], note: ChangeNote, refuseSimilar: boolean): Promise<(Face | Fault)[]> {
    const batch = new EnrolmentBatch(this.#faces.table.nextId, this.#faces.chainEnd);
    const similarWithin = refuseSimilar ? this.#policy.duplicateDistance : undefined;
    const answers = faces.map((face) => {
      try {
        const checked = checkedFace(face, this.#policy, this.#now());
        this.#refuseDuplicate(face, checked.person, similarWithin);
        batch.check(face, checked.person, similarWithin);
        return batch.add(checked, face, (enrolled) =>
          this.#event('enrolled', enrolled.person, [enrolled.id], note, { about: aboutEnrolment(enrolled) }),
        );
      } catch (error) {
        return toFault(error, 'INTERNAL');
      }
    });
    if (answers.some((answer) => !(answer instanceof Fault))) await this.#commit(batch.changes(), batch.parts());
    return answers;
  }

  #refuseDuplicate({ vector, digest, source }: NewFace, person: string, similarWithin: number | undefined): void {
    const { table } = this.#faces;
    table.checkLength(vector);
    const same = table.samePicture(vector.model, digest);
    if (same) refuseSamePicture(source, same);
    if (similarWithin === undefined) return;
    const other = table.nearest(vector, SIMILAR_LOOKED_AT).find((match) => match.distance <= similarWithin && match.person !== person);
    if (other) refuseOtherName(source, person, { ...other, id: other.face });
  }

  async people(): Promise<readonly Person[]> {
    return (await this.#present()).people();
  }

  async faces(person: string): Promise<readonly Face[]> {
    const table = await this.#present();
    return table.idsOf(checkedName(person)).map((id) => table.face(id).face);
  }

  rename(from: string, to: string, note: ChangeNote): Promise<void> {
    return this.#change(note, async () => {
      const [old, name] = [checkedName(from), checkedName(to)];
      const faces = this.#faces.table.idsOf(old);
      if (this.#faces.table.hasPerson(name)) refuseTakenName(name);
      await this.#commit([{ op: 'name', from: old, to: name, audit: this.#chained(this.#event('renamed', old, faces, note, { to: name })) }]);
    });
  }

  merge(from: string, into: string, note: ChangeNote): Promise<void> {
    return this.#change(note, async () => {
      const [old, name] = [checkedName(from), checkedName(into)];
      if (old === name) refuseSelfMerge(name);
      const faces = this.#faces.table.idsOf(old);
      if (!this.#faces.table.hasPerson(name)) noSuchPerson(name);
      await this.#commit([{ op: 'name', from: old, to: name, audit: this.#chained(this.#event('merged', old, faces, note, { to: name })) }]);
    });
  }

  deletePerson(name: string, note: ChangeNote): Promise<number> {
    return this.#change(note, async () => {
      const person = checkedName(name);
      const faces = [...this.#faces.table.idsOf(person)];
      await this.#forget(faces, this.#event('person-deleted', person, faces, note));
      return faces.length;
    });
  }

  deleteFace(id: number, note: ChangeNote): Promise<void> {
    return this.#change(note, async () => {
      const { person } = this.#faces.table.face(id).face;
      await this.#forget([id], this.#event('face-deleted', person, [id], note));
    });
  }

  async #forget(faces: readonly number[], event: AuditEvent): Promise<void> {
    await this.#commit([{ op: 'gone', faces, audit: this.#chained(event) }]);
  }

  purgeExpired(): Promise<number> {
    return this.#change(RETENTION, () => this.#purge());
  }

  async #purge(): Promise<number> {
    const { table } = this.#faces;
    const expired = table.expired(this.#now());
    const byPerson = new Map<string, number[]>();
    for (const id of expired) {
      const { person } = table.face(id).face;
      byPerson.set(person, [...(byPerson.get(person) ?? []), id]);
    }
    for (const [person, faces] of byPerson) await this.#forget(faces, this.#event('expired', person, faces, RETENTION));
    return expired.length;
  }

  replaceVector(id: number, vector: FaceVector, note: ChangeNote): Promise<void> {
    return this.#change(note, async () => {
      checkVector(vector);
      const { face, position } = this.#faces.table.face(id);
      const chip = (await this.#faces.partsOf(position))!.chip;
      const event = this.#event('vector-replaced', face.person, [id], note, { about: { from: face.model, to: vector.model } });
      this.#faces.table.checkLength(vector);
      const change = { op: 'face', face: { ...face, model: vector.model }, dimensions: vector.values.length, audit: this.#chained(event) } as const;
      await this.#commit([change], [{ values: vector.values, chip }]);
    });
  }

  async nearest(vector: FaceVector, limit = 1): Promise<readonly Match[]> {
    checkVector(vector);
    checkLimit(limit);
    return (await this.#present()).nearest(vector, limit);
  }

  async counts(): Promise<GalleryCounts> {
    return (await this.#present()).counts();
  }

  /** The table without faces that are past their expiry: the writer forgets them now, a reader hides them until the writer does. */
  async #present(): Promise<FacesFile['table']> {
    this.#checkOpen();
    const { table } = this.#faces;
    const expired = table.expired(this.#now());
    if (expired.length === 0) return table;
    if (this.#lock) await this.purgeExpired();
    else for (const id of expired) table.remove(id);
    return this.#faces.table;
  }

  async *stored(): AsyncGenerator<StoredFace> {
    const table = await this.#present();
    for (const id of table.ids()) {
      const stored = await this.#turns.take(() => this.#storedFace(id));
      if (stored) yield stored;
    }
  }

  async #storedFace(id: number): Promise<StoredFace | undefined> {
    const position = this.#faces.table.positionOf(id);
    const parts = position === undefined ? undefined : await this.#faces.partsOf(position);
    if (parts === undefined) return undefined;
    const { face } = this.#faces.table.face(id);
    return { ...face, vector: { model: face.model, values: parts.values }, ...(face.hasChip ? { chip: parts.chip } : {}) };
  }

  audit(): AsyncIterable<AuditEntry> {
    this.#checkOpen();
    return AuditFile.read(this.folder, this.#keys);
  }

  watch(listener: (revision: number) => void): () => void {
    return this.#feed.watch(listener);
  }

  async close(): Promise<void> {
    await this.#turns.take(() => {
      this.#closed = true;
      return this.#scope.close();
    });
  }

  async #release(): Promise<void> {
    await this.#faces?.close();
    await this.#audit?.close();
    await this.#lock?.release();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
