import type Pg from 'pg';
import { type Log, NULL_LOG, fail, toFault } from '../../../core/index.js';
import type { SqlDatabase, SqlQuery } from './sql-database.js';

const RECONNECT_MS = 1000;
const CONNECT_MS = 10_000;

/** Loads the driver, which is an optional dependency. @throws Fault UNSUPPORTED that says what to type */
async function loadPg(): Promise<typeof Pg> {
  try {
    return (await import('pg')).default;
  } catch (error) {
    return fail('UNSUPPORTED', 'the PostgreSQL gallery needs the package "pg": npm install pg', error);
  }
}

/** An address without its password, for texts. */
function shown(address: string): string {
  return URL.canParse(address) ? new URL(address).host + new URL(address).pathname : 'the database';
}

const queryOf =
  (client: Pg.Pool | Pg.ClientBase): SqlQuery =>
  async <Row>(text: string, parameters: readonly unknown[] = []) =>
    (await client.query(text, [...parameters])).rows as readonly Row[];

/** Connects to PostgreSQL. @throws Fault UNAVAILABLE when it is not reached; UNAUTHENTICATED when it refuses the user */
export async function connectPostgres(address: string, log: Log = NULL_LOG): Promise<SqlDatabase> {
  const pg = await loadPg();
  const pool = new pg.Pool({ connectionString: address, max: 4, connectionTimeoutMillis: CONNECT_MS });
  // A connection that waits in the pool and breaks is replaced at the next use.
  pool.on('error', (error) => log.warn(`a connection to ${shown(address)} broke: ${error.message}`));
  try {
    await pool.query('SELECT 1');
  } catch (error) {
    await pool.end();
    const { code } = error as { readonly code?: string };
    // SQLSTATE class 28: invalid authorization.
    throw toFault(error, code?.startsWith('28') ? 'UNAUTHENTICATED' : 'UNAVAILABLE', `cannot connect to ${shown(address)}: `);
  }
  return {
    query: queryOf(pool),
    transaction: (work) => inTransaction(pool, work),
    listen: (channel, heard) => listen(() => new pg.Client({ connectionString: address, connectionTimeoutMillis: CONNECT_MS }), channel, heard, log),
    close: () => pool.end(),
  };
}

async function inTransaction<T>(pool: Pg.Pool, work: (query: SqlQuery) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('BEGIN');
    const answer = await work(queryOf(client));
    await client.query('COMMIT');
    return answer;
  } catch (error) {
    await client.query('ROLLBACK').catch((failure: Error) => (broken = failure));
    throw error;
  } finally {
    client.release(broken);
  }
}

/** Listens on a connection of its own, and makes a new one when it breaks. */
async function listen(newClient: () => Pg.Client, channel: string, heard: () => void, log: Log): Promise<() => Promise<void>> {
  let stopped = false;
  let client: Pg.Client | undefined;
  let timer: NodeJS.Timeout | undefined;
  const connect = async (): Promise<void> => {
    const fresh = newClient();
    fresh.on('notification', heard);
    fresh.on('error', (error) => log.warn(`the connection that listens for changes broke: ${error.message}`));
    fresh.on('end', later);
    await fresh.connect();
    await fresh.query(`LISTEN ${channel}`);
    client = fresh;
  };
  const later = (): void => {
    if (stopped) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      connect().then(heard, later);
    }, RECONNECT_MS);
    timer.unref();
  };
  await connect();
  return async () => {
    stopped = true;
    clearTimeout(timer);
    await client?.end();
  };
}
