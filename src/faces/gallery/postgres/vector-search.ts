import { createHash } from 'node:crypto';
import type { FaceVector } from '../../port.js';
import { refuseOtherLength } from '../enrolment-rules.js';
import type { Match } from '../port.js';
import { vectorText } from './face-rows.js';
import type { SqlDatabase, SqlQuery } from './sql-database.js';
import { identifier, literal } from './tables.js';

/** pgvector indexes vectors up to so many dimensions; longer ones are always compared one by one. */
const MOST_INDEXED_DIMENSIONS = 2000;
/** The largest `hnsw.ef_search` that pgvector takes. */
const MOST_BREADTH = 1000;

/** What is asked of a search. */
interface Wanted {
  readonly limit: number;
  /** Faces whose expiry is not after this ISO 8601 time are left out. */
  readonly now: string;
  /** A person whose faces are left out. */
  readonly notOf?: string;
}

const indexName = (model: string): string => `faces_vector_${createHash('sha256').update(model).digest('hex').slice(0, 32)}`;

/** Finds the nearest vectors in the table: all are compared while they are few, and an HNSW index for each model helps when they are many. */
export class VectorSearch {
  readonly #indexed = new Set<string>();
  readonly #table: string;

  constructor(
    readonly schema: string,
    /** Faces of a model from which it gets an index. */
    readonly indexFrom: number,
    /** Candidates that an index looks at. */
    readonly breadth: number,
  ) {
    this.#table = `${identifier(schema)}.faces`;
  }

  /** Whether there are vectors of the model. @throws Fault INVALID_ARGUMENT when they are of another length */
  async checkLength(query: SqlQuery, vector: FaceVector): Promise<boolean> {
    const [held] = await query<{ readonly dimensions: number }>(
      `SELECT vector_dims(vector) AS dimensions FROM ${this.#table} WHERE model = $1 LIMIT 1`,
      [vector.model],
    );
    if (held && held.dimensions !== vector.values.length) refuseOtherLength(vector, held.dimensions);
    return held !== undefined;
  }

  /** The nearest vectors. @throws Fault INVALID_ARGUMENT */
  async nearest(database: SqlDatabase, vector: FaceVector, wanted: Wanted): Promise<Match[]> {
    if (!(await this.checkLength(database.query, vector))) return [];
    if (!this.#indexed.has(indexName(vector.model))) return this.#compare(database.query, vector, wanted);
    return database.transaction((query) => this.nearestWithin(query, vector, wanted));
  }

  /** The nearest vectors, asked for within a transaction. */
  async nearestWithin(query: SqlQuery, vector: FaceVector, wanted: Wanted): Promise<Match[]> {
    if (this.#indexed.has(indexName(vector.model)))
      await query(`SET LOCAL hnsw.ef_search = ${Math.min(MOST_BREADTH, Math.max(this.breadth, wanted.limit))}`);
    return this.#compare(query, vector, wanted);
  }

  async #compare(query: SqlQuery, { model, values }: FaceVector, { limit, now, notOf }: Wanted): Promise<Match[]> {
    // The cast to a fixed length, and the model as a literal, are what the index is made on.
    const distance = `vector::vector(${values.length}) <=> $1::vector(${values.length})`;
    const rows = await query<{ readonly id: string; readonly person: string; readonly distance: number }>(
      `SELECT id, person, ${distance} AS distance FROM ${this.#table}
       WHERE model = ${literal(model)} AND (expires_at IS NULL OR expires_at > $2) AND ($3::text IS NULL OR person <> $3)
       ORDER BY ${distance} LIMIT $4`,
      [vectorText(values), now, notOf ?? null, limit],
    );
    return rows.map(({ id, person, distance }) => ({ face: Number(id), person, distance: Math.max(0, distance) }));
  }

  /** Learns which models have an index, made by whichever server. */
  async findIndexes({ query }: SqlDatabase): Promise<void> {
    const found = await query<{ readonly name: string }>(`SELECT indexname AS name FROM pg_indexes WHERE schemaname = $1 AND tablename = 'faces'`, [
      this.schema,
    ]);
    for (const { name } of found) this.#indexed.add(name);
  }

  /** Makes the index of a model once it is worth it; true when it did. Nobody enrols while it is made. */
  async indexIfLarge({ query }: SqlDatabase, model: string, dimensions: number): Promise<boolean> {
    const name = indexName(model);
    if (this.#indexed.has(name) || dimensions > MOST_INDEXED_DIMENSIONS) return false;
    const [held] = await query<{ readonly faces: string }>(`SELECT count(*) AS faces FROM ${this.#table} WHERE model = $1`, [model]);
    if (Number(held?.faces) < this.indexFrom) return false;
    await query(
      `CREATE INDEX IF NOT EXISTS ${name} ON ${this.#table}
       USING hnsw ((vector::vector(${dimensions})) vector_cosine_ops) WHERE model = ${literal(model)}`,
    );
    this.#indexed.add(name);
    return true;
  }
}
