import { Fault, fail } from '../../../core/index.js';
import { EMPTY_CHAIN } from '../audit-chain.js';
import type { SqlDatabase } from './sql-database.js';

/** A name as SQL quotes it. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text as SQL quotes it, where no parameter can stand. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

const VERSION = 1;

const statements = (schema: string): string[] => [
  `CREATE SCHEMA IF NOT EXISTS ${schema}`,
  // One row: which format, how often it changed, and where the audit log ends. Whoever changes the gallery locks it.
  `CREATE TABLE IF NOT EXISTS ${schema}.state (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    version integer NOT NULL,
    revision bigint NOT NULL,
    sequence bigint NOT NULL,
    hash text NOT NULL
  )`,
  `INSERT INTO ${schema}.state (version, revision, sequence, hash) VALUES (${VERSION}, 0, 0, '${EMPTY_CHAIN.hash}') ON CONFLICT DO NOTHING`,
  `CREATE TABLE IF NOT EXISTS ${schema}.faces (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person text NOT NULL,
    model text NOT NULL,
    vector vector NOT NULL,
    source text NOT NULL,
    digest text NOT NULL,
    quality double precision,
    consent jsonb,
    enrolled_at timestamptz NOT NULL,
    expires_at timestamptz,
    chip bytea,
    UNIQUE (model, digest)
  )`,
  `CREATE INDEX IF NOT EXISTS faces_person ON ${schema}.faces (person)`,
  `CREATE INDEX IF NOT EXISTS faces_expires_at ON ${schema}.faces (expires_at) WHERE expires_at IS NOT NULL`,
  `CREATE TABLE IF NOT EXISTS ${schema}.audit (sequence bigint PRIMARY KEY, entry text NOT NULL)`,
];

/** Any number: servers that start at the same moment make the tables one after the other. */
const MAKING_TABLES = 7_205_531;

/** Makes the tables that are not there. @throws Fault UNSUPPORTED without pgvector; PERMISSION_DENIED */
export async function makeTables(database: SqlDatabase, schema: string): Promise<void> {
  await database.transaction(async (query) => {
    await query('SELECT pg_advisory_xact_lock($1)', [MAKING_TABLES]);
    const [present] = await query(`SELECT 1 FROM pg_extension WHERE extname = 'vector'`);
    if (!present) await query('CREATE EXTENSION vector').catch(noVector);
    for (const statement of statements(identifier(schema))) await query(statement).catch(notAllowed);
  });
  await checkTables(database, schema);
}

/** Refuses a schema without the tables. @throws Fault NOT_FOUND when there are none; UNSUPPORTED for those of another version */
export async function checkTables(database: SqlDatabase, schema: string): Promise<void> {
  const [{ found } = { found: null }] = await database.query<{ readonly found: string | null }>('SELECT to_regclass($1)::text AS found', [
    `${identifier(schema)}.state`,
  ]);
  if (found === null) fail('NOT_FOUND', `the database has no gallery in schema "${schema}"; enrol somebody first`);
  const [state] = await database.query<{ readonly version: number }>(`SELECT version FROM ${identifier(schema)}.state`);
  if (state?.version !== VERSION)
    fail('UNSUPPORTED', `the gallery in schema "${schema}" has version ${String(state?.version)}; this Ocellus reads version ${VERSION}`);
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function noVector(error: unknown): never {
  return fail(
    'UNSUPPORTED',
    `the database has no pgvector, or this user may not add it (${textOf(error)}); install pgvector on the server and run CREATE EXTENSION vector as an administrator`,
    error,
  );
}

function notAllowed(error: unknown): never {
  if (error instanceof Fault) throw error;
  return fail(
    'PERMISSION_DENIED',
    `cannot make the gallery's tables: ${textOf(error)}; grant CREATE on the database, or make the schema beforehand`,
    error,
  );
}
