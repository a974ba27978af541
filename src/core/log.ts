/** Severity, least first. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;

/** One of {@link LOG_LEVELS}. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Named values beside a message; plain data. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Where words for the operator go. The library never writes to a stream by itself; `cli` puts a logger behind this port. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** A log that adds `fields` to each record. */
  child(fields: LogFields): Log;
}

/** One record as a sink of {@link createLog} gets it. */
export interface LogRecord {
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: LogFields;
}

/** A log that hands each record of `minimum` severity or more to `write`. */
export function createLog(write: (record: LogRecord) => void, minimum: LogLevel = 'info', fields: LogFields = {}): Log {
  const at =
    (level: LogLevel) =>
    (message: string, more: LogFields = {}) => {
      if (LOG_LEVELS.indexOf(level) >= LOG_LEVELS.indexOf(minimum)) write({ level, message, fields: { ...fields, ...more } });
    };
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (more) => createLog(write, minimum, { ...fields, ...more }),
  };
}

/** Drops everything: the default of every function that takes a log. */
export const NULL_LOG: Log = createLog(() => {}, 'error');

/** A log for tests: everything is kept in `records`. */
export function memoryLog(): Log & { readonly records: readonly LogRecord[] } {
  const records: LogRecord[] = [];
  return { ...createLog((record) => records.push(record), 'debug'), records };
}
