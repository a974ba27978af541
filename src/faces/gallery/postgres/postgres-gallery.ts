import { createHash } from 'node:crypto';
import { type Fault, type Log, NULL_LOG, Scope, didYouMean, fail, systemClock, toFault } from '../../../core/index.js';
import type { FaceVector } from '../../port.js';
import { type AuditEntry, type AuditEvent, type ChainEnd, RETENTION, auditEvent, chained, checkNote, verifiedChain } from '../audit-chain.js';
import {
  aboutEnrolment,
  checkLimit,
  checkVector,
  checkedFace,
  checkedName,
  noSuchFace,
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
import { FACE_COLUMNS, type FaceRow, type StoredFaceRow, faceOf, storedFaceOf, vectorText } from './face-rows.js';
import type { SqlDatabase, SqlQuery } from './sql-database.js';
import { checkTables, identifier, makeTables } from './tables.js';
import { VectorSearch } from './vector-search.js';

const BATCH = 256;
/** Rows that are read at once when everything is. */
const PAGE = 500;

/** How a gallery in a database is opened. */
export interface PostgresGalleryOptions extends Partial<GalleryPolicy>, GallerySurroundings {
  /** Schema of the tables; `ocellus_faces` when absent. */
  readonly schema?: string;
  /** Opens without the right to change anything; the tables must be there. */
  readonly readOnly?: boolean;
  /** Faces of one model from which an HNSW index is made; 20,000 when absent. Below it every vector is compared, and the answer is exact. */
  readonly indexFrom?: number;
  /** How many candidates an HNSW index looks at; 200 when absent. More finds more surely, and takes longer. */
  readonly searchBreadth?: number;
}

/** Opens the gallery in a database, making its tables where there are none. The gallery closes the database. @throws Fault UNAVAILABLE, UNSUPPORTED, NOT_FOUND */
export async function openGalleryIn(database: SqlDatabase, options: PostgresGalleryOptions = {}): Promise<Gallery> {
  const gallery = new DatabaseGallery(database, options);
  await gallery.open();
  return gallery;
}

/** A change under way: its transaction, and the events that it causes. */
interface Change {
  readonly query: SqlQuery;
  /** Faces that were forgotten at its beginning, since their time was over. */
  readonly purged: number;
  record(event: Parameters<typeof auditEvent>[2], note: ChangeNote): void;
}

class DatabaseGallery implements Gallery {
  readonly #feed = new RevisionFeed();
  readonly #turns = new Turns();
  readonly #scope = new Scope();
  readonly #policy: GalleryPolicy;
  readonly #now: () => number;
  readonly #log: Log;
  readonly #schema: string;
  readonly #table: string;
  readonly #channel: string;
  readonly #search: VectorSearch;
  #closed = false;

  constructor(
    readonly database: SqlDatabase,
    readonly options: PostgresGalleryOptions,
  ) {
    const schema = options.schema ?? 'ocellus_faces';
    this.#policy = resolvePolicy(options);
    this.#now = options.now ?? Date.now;
    this.#log = (options.log ?? NULL_LOG).child({ gallery: schema });
    this.#schema = identifier(schema);
    this.#table = `${this.#schema}.faces`;
    this.#search = new VectorSearch(schema, options.indexFrom ?? 20_000, options.searchBreadth ?? 200);
    // A channel's name has 63 bytes at most.
    this.#channel = `ocellus_${createHash('sha256').update(schema).digest('hex').slice(0, 32)}`;
    this.#scope.defer(() => database.close());
  }

  get revision(): number {
    return this.#feed.revision;
  }

  async open(): Promise<void> {
    const { readOnly = false, schema = 'ocellus_faces' } = this.options;
    try {
      await (readOnly ? checkTables : makeTables)(this.database, schema);
      this.#scope.defer(
        await this.database.listen(this.#channel, () => void this.#refresh().catch((error: unknown) => this.#log.warn(toFault(error).message))),
      );
      await this.#refresh();
      if (!readOnly) await this.purgeExpired();
    } catch (error) {
      await this.#scope.close().catch(() => {});
      throw error;
    }
    if (readOnly) return;
    const { clock = systemClock } = this.options;
    this.#scope.defer(repeat(clock, this.#policy.purgeEveryMinutes * 60_000, () => this.purgeExpired(), this.#log));
  }

  async #refresh(): Promise<void> {
    if (this.#closed) return;
    await this.#search.findIndexes(this.database);
    const [state] = await this.database.query<{ readonly revision: string }>(`SELECT revision FROM ${this.#schema}.state`);
    this.#feed.moveTo(Number(state!.revision));
  }

  #checkOpen(): void {
    if (this.#closed) fail('FAILED_PRECONDITION', 'the gallery is closed');
  }

  /** Runs a change in a transaction of its own, one at a time over all servers. Expired faces are forgotten first: their names and pictures are free. */
  async #change<T>(note: ChangeNote, work: (change: Change) => Promise<T>): Promise<T> {
    this.#checkOpen();
    checkNote(note);
    if (this.options.readOnly === true) fail('FAILED_PRECONDITION', 'the gallery is open with readOnly; open it without to change it');
    // One change of this process at a time: others would hold connections and do nothing but wait for the lock.
    const inOneTransaction = (): Promise<{ readonly answer: T; readonly revision: number }> =>
      this.database.transaction(async (query) => {
        const [state] = await query<{ readonly revision: string; readonly sequence: string; readonly hash: string }>(
          `SELECT revision, sequence, hash FROM ${this.#schema}.state FOR UPDATE`,
        );
        const events: AuditEvent[] = [];
        const record: Change['record'] = (event, note) => void events.push(auditEvent(this.#now(), note, event));
        const purged = await this.#purge({ query, record });
        const answer = await work({ query, purged, record });
        const revision = Number(state!.revision) + events.length;
        if (events.length > 0) await this.#writeState(query, events, { sequence: Number(state!.sequence), hash: state!.hash }, revision);
        return { answer, revision };
      });
    const done = await this.#turns.take(inOneTransaction);
    this.#feed.moveTo(done.revision);
    return done.answer;
  }

  async #writeState(query: SqlQuery, events: readonly AuditEvent[], start: ChainEnd, revision: number): Promise<void> {
    let end = start;
    for (const event of events) {
      const entry = chained(end, event);
      await query(`INSERT INTO ${this.#schema}.audit (sequence, entry) VALUES ($1, $2)`, [entry.sequence, JSON.stringify(entry)]);
      end = entry;
    }
    await query(`UPDATE ${this.#schema}.state SET revision = $1, sequence = $2, hash = $3`, [revision, end.sequence, end.hash]);
    await query('SELECT pg_notify($1, $2)', [this.#channel, String(revision)]);
  }

  async enrol(face: NewFace, note: ChangeNote): Promise<Face> {
    const [enrolled] = await this.enrolAll([face], note);
    if (enrolled instanceof Error) throw enrolled;
    return enrolled!;
  }

  async enrolAll(faces: readonly NewFace[], note: ChangeNote, { similar = 'refuse' }: EnrolOptions = {}): Promise<readonly (Face | Fault)[]> {
    const answers: (Face | Fault)[] = [];
    for (let start = 0; start < faces.length; start += BATCH)
      answers.push(
        ...(await this.#change(note, (change) => this.#enrolBatch(change, faces.slice(start, start + BATCH), note, similar === 'refuse'))),
      );
    for (const [model, dimensions] of new Map(faces.map(({ vector }) => [vector.model, vector.values.length])))
      if (await this.#search.indexIfLarge(this.database, model, dimensions)) this.#log.info('made an index of the vectors', { model });
    return answers;
  }

  async #enrolBatch(change: Change, faces: readonly NewFace[], note: ChangeNote, refuseSimilar: boolean): Promise<(Face | Fault)[]> {
    const answers: (Face | Fault)[] = [];
    for (const face of faces) {
      try {
        const checked = checkedFace(face, this.#policy, this.#now());
        await this.#refuseDuplicate(change.query, face, checked.person, refuseSimilar);
        const enrolled = { id: await this.#insert(change.query, checked, face), ...checked };
        change.record({ action: 'enrolled', person: enrolled.person, faces: [enrolled.id], about: aboutEnrolment(enrolled) }, note);
        answers.push(enrolled);
      } catch (error) {
        const fault = toFault(error, 'UNAVAILABLE');
        // An error of the database has ended the transaction; nothing of it will be there.
        if (fault !== error) throw fault;
        answers.push(fault);
      }
    }
    return answers;
  }

  async #insert(query: SqlQuery, checked: Omit<Face, 'id'>, { vector, chip }: NewFace): Promise<number> {
    const { person, model, source, digest, quality, consent, enrolledAt, expiresAt } = checked;
    const [row] = await query<{ readonly id: string }>(
      `INSERT INTO ${this.#table} (person, model, vector, source, digest, quality, consent, enrolled_at, expires_at, chip)
       VALUES ($1, $2, $3::vector, $4, $5, $6, $7::jsonb, $8, $9, $10) RETURNING id`,
      [
        person,
        model,
        vectorText(vector.values),
        source,
        digest,
        quality ?? null,
        consent === undefined ? null : JSON.stringify(consent),
        enrolledAt,
        expiresAt ?? null,
        chip === undefined ? null : Buffer.from(chip),
      ],
    );
    return Number(row!.id);
  }

  async #refuseDuplicate(query: SqlQuery, { vector, digest, source }: NewFace, person: string, refuseSimilar: boolean): Promise<void> {
    await this.#search.checkLength(query, vector);
    const [same] = await query<{ readonly id: string; readonly person: string; readonly source: string }>(
      `SELECT id, person, source FROM ${this.#table} WHERE model = $1 AND digest = $2`,
      [vector.model, digest],
    );
    if (same) refuseSamePicture(source, { ...same, id: Number(same.id) });
    if (!refuseSimilar) return;
    const [other] = await this.#search.nearestWithin(query, vector, { limit: 1, now: this.#nowText(), notOf: person });
    if (other && other.distance <= this.#policy.duplicateDistance) refuseOtherName(source, person, { ...other, id: other.face });
  }

  #nowText(): string {
    return new Date(this.#now()).toISOString();
  }

  async nearest(vector: FaceVector, limit = 1): Promise<readonly Match[]> {
    this.#checkOpen();
    checkVector(vector);
    checkLimit(limit);
    return this.#search.nearest(this.database, vector, { limit, now: this.#nowText() });
  }

  async people(): Promise<readonly Person[]> {
    this.#checkOpen();
    const rows = await this.database.query<{ readonly name: string; readonly faces: string }>(
      `SELECT person AS name, count(*) AS faces FROM ${this.#table} WHERE expires_at IS NULL OR expires_at > $1 GROUP BY person`,
      [this.#nowText()],
    );
    const names = new Intl.Collator('en').compare;
    return rows.map(({ name, faces }) => ({ name, faces: Number(faces) })).toSorted((a, b) => names(a.name, b.name));
  }

  async faces(person: string): Promise<readonly Face[]> {
    this.#checkOpen();
    const name = checkedName(person);
    const rows = await this.database.query<FaceRow>(
      `SELECT ${FACE_COLUMNS} FROM ${this.#table} WHERE person = $1 AND (expires_at IS NULL OR expires_at > $2) ORDER BY id`,
      [name, this.#nowText()],
    );
    return rows.length > 0
      ? rows.map(faceOf)
      : noSuchPerson(
          name,
          didYouMean(
            name,
            (await this.people()).map((known) => known.name),
          ),
        );
  }

  async #idsOf(query: SqlQuery, person: string): Promise<number[]> {
    const rows = await query<{ readonly id: string }>(`SELECT id FROM ${this.#table} WHERE person = $1 ORDER BY id`, [person]);
    return rows.map(({ id }) => Number(id));
  }

  async #knownIds(query: SqlQuery, person: string): Promise<number[]> {
    const ids = await this.#idsOf(query, person);
    return ids.length > 0 ? ids : noSuchPerson(person);
  }

  rename(from: string, to: string, note: ChangeNote): Promise<void> {
    return this.#change(note, async ({ query, record }) => {
      const [old, name] = [checkedName(from), checkedName(to)];
      const faces = await this.#knownIds(query, old);
      if ((await this.#idsOf(query, name)).length > 0) refuseTakenName(name);
      await query(`UPDATE ${this.#table} SET person = $2 WHERE person = $1`, [old, name]);
      record({ action: 'renamed', person: old, faces, to: name }, note);
    });
  }

  merge(from: string, into: string, note: ChangeNote): Promise<void> {
    return this.#change(note, async ({ query, record }) => {
      const [old, name] = [checkedName(from), checkedName(into)];
      if (old === name) refuseSelfMerge(name);
      const faces = await this.#knownIds(query, old);
      await this.#knownIds(query, name);
      await query(`UPDATE ${this.#table} SET person = $2 WHERE person = $1`, [old, name]);
      record({ action: 'merged', person: old, faces, to: name }, note);
    });
  }

  async deletePerson(name: string, note: ChangeNote): Promise<number> {
    const person = checkedName(name);
    const gone = await this.#change(note, async ({ query, record }) => {
      const faces = await this.#knownIds(query, person);
      await query(`DELETE FROM ${this.#table} WHERE person = $1`, [person]);
      record({ action: 'person-deleted', person, faces }, note);
      return faces.length;
    });
    await this.#vacuum();
    return gone;
  }

  async deleteFace(id: number, note: ChangeNote): Promise<void> {
    await this.#change(note, async ({ query, record }) => {
      const [row] = await query<{ readonly person: string }>(`DELETE FROM ${this.#table} WHERE id = $1 RETURNING person`, [id]);
      record({ action: 'face-deleted', person: row?.person ?? noSuchFace(id), faces: [id] }, note);
    });
    await this.#vacuum();
  }

  /** A deleted row stays in the table's file until it is vacuumed. */
  async #vacuum(): Promise<void> {
    await this.database
      .query(`VACUUM ${this.#table}`)
      .catch((error: unknown) => this.#log.warn(`deleted faces are still in the table's file until its next VACUUM: ${toFault(error).message}`));
  }

  async purgeExpired(): Promise<number> {
    const count = await this.#change(RETENTION, async ({ purged }) => purged);
    if (count > 0) await this.#vacuum();
    return count;
  }

  async #purge({ query, record }: Pick<Change, 'query' | 'record'>): Promise<number> {
    const rows = await query<{ readonly id: string; readonly person: string }>(
      `DELETE FROM ${this.#table} WHERE expires_at <= $1 RETURNING id, person`,
      [this.#nowText()],
    );
    const byPerson = new Map<string, number[]>();
    for (const { id, person } of rows) byPerson.set(person, [...(byPerson.get(person) ?? []), Number(id)]);
    for (const [person, faces] of byPerson) record({ action: 'expired', person, faces }, RETENTION);
    return rows.length;
  }

  replaceVector(id: number, vector: FaceVector, note: ChangeNote): Promise<void> {
    return this.#change(note, async ({ query, record }) => {
      checkVector(vector);
      await this.#search.checkLength(query, vector);
      const [row] = await query<{ readonly person: string; readonly model: string }>(`SELECT person, model FROM ${this.#table} WHERE id = $1`, [id]);
      const { person, model } = row ?? noSuchFace(id);
      await query(`UPDATE ${this.#table} SET model = $2, vector = $3::vector WHERE id = $1`, [id, vector.model, vectorText(vector.values)]);
      record({ action: 'vector-replaced', person, faces: [id], about: { from: model, to: vector.model } }, note);
    });
  }

  async counts(): Promise<GalleryCounts> {
    this.#checkOpen();
    const rows = await this.database.query<{ readonly model: string; readonly faces: string }>(
      `SELECT model, count(*) AS faces FROM ${this.#table} WHERE expires_at IS NULL OR expires_at > $1 GROUP BY model ORDER BY model`,
      [this.#nowText()],
    );
    const models = Object.fromEntries(rows.map(({ model, faces }) => [model, Number(faces)]));
    const faces = Object.values(models).reduce((sum, count) => sum + count, 0);
    return { people: (await this.people()).length, faces, models };
  }

  async *stored(): AsyncGenerator<StoredFace> {
    for (let last = 0; ;) {
      this.#checkOpen();
      const rows = await this.database.query<StoredFaceRow>(
        `SELECT ${FACE_COLUMNS}, vector::text AS vector, chip FROM ${this.#table}
         WHERE id > $1 AND (expires_at IS NULL OR expires_at > $2) ORDER BY id LIMIT ${PAGE}`,
        [last, this.#nowText()],
      );
      if (rows.length === 0) return;
      for (const row of rows) yield storedFaceOf(row);
      last = Number(rows.at(-1)!.id);
    }
  }

  audit(): AsyncIterable<AuditEntry> {
    this.#checkOpen();
    return verifiedChain(this.#entries());
  }

  async *#entries(): AsyncGenerator<AuditEntry> {
    for (let last = 0; ; last += PAGE) {
      const rows = await this.database.query<{ readonly entry: string }>(
        `SELECT entry FROM ${this.#schema}.audit WHERE sequence > $1 ORDER BY sequence LIMIT ${PAGE}`,
        [last],
      );
      for (const { entry } of rows) yield JSON.parse(entry) as AuditEntry;
      if (rows.length < PAGE) return;
    }
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

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
