/** Runs one statement with its parameters, and answers its rows. */
export type SqlQuery = <Row = Record<string, unknown>>(text: string, parameters?: readonly unknown[]) => Promise<readonly Row[]>;

/** What the gallery needs of a PostgreSQL database: a driver stands behind it, or a database inside the process. */
export interface SqlDatabase {
  /** @throws Fault UNAVAILABLE when the database is not reached */
  readonly query: SqlQuery;
  /** Runs `work` in one transaction: all of it happens, or nothing. */
  transaction<T>(work: (query: SqlQuery) => Promise<T>): Promise<T>;
  /** Calls `heard` after each notification on a channel, and once the connection is there again after it was lost. Answers the way to stop it. */
  listen(channel: string, heard: () => void): Promise<() => Promise<void>>;
  close(): Promise<void>;
}
