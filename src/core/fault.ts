/**
 * The only place a fault gets an exit code or a status.
 *
 * `exit` follows sysexits.h (130 for an interrupt), `grpc` is the canonical status number,
 * `http` is what Triton answers, oddities included; a wire adapter may replace texts where a contract fixes them.
 */
export const FAULTS = {
  USAGE: { exit: 64, grpc: 3, http: 400, meaning: 'The command line is not understood.' },
  CONFIG_INVALID: { exit: 78, grpc: 3, http: 400, meaning: 'A configuration value is wrong.' },
  INVALID_ARGUMENT: { exit: 64, grpc: 3, http: 400, meaning: 'A request or option is wrong.' },
  INPUT_CORRUPT: { exit: 65, grpc: 3, http: 400, meaning: 'Input data cannot be read as what it claims to be.' },
  MODEL_MISMATCH: { exit: 65, grpc: 3, http: 400, meaning: 'A model does not have the inputs or outputs that its use needs.' },
  INTEGRITY: { exit: 65, grpc: 15, http: 500, meaning: 'Bytes do not match their checksum.' },
  NOT_FOUND: { exit: 66, grpc: 5, http: 404, meaning: 'A file, model or name does not exist.' },
  ALREADY_EXISTS: { exit: 73, grpc: 6, http: 400, meaning: 'The thing to create is already there.' },
  OUTPUT_FAILED: { exit: 73, grpc: 13, http: 500, meaning: 'An output cannot be created or written.' },
  FAILED_PRECONDITION: { exit: 69, grpc: 9, http: 400, meaning: 'The present state does not allow this.' },
  UNAVAILABLE: { exit: 69, grpc: 14, http: 503, meaning: 'Something needed is not there at present; trying again may help.' },
  UNSUPPORTED: { exit: 69, grpc: 12, http: 501, meaning: 'This build, machine or format cannot do this.' },
  RESOURCE_EXHAUSTED: { exit: 75, grpc: 8, http: 429, meaning: 'A limit on memory, disk, queue or rate was reached.' },
  DEADLINE_EXCEEDED: { exit: 75, grpc: 4, http: 504, meaning: 'The time allowed ran out.' },
  UNAUTHENTICATED: { exit: 77, grpc: 16, http: 401, meaning: 'Credentials are missing or wrong.' },
  PERMISSION_DENIED: { exit: 77, grpc: 7, http: 403, meaning: 'Not allowed for this caller.' },
  METHOD_NOT_ALLOWED: { exit: 64, grpc: 12, http: 405, meaning: 'The address does not take this HTTP method.' },
  PAYLOAD_TOO_LARGE: { exit: 65, grpc: 8, http: 413, meaning: 'The message is larger than the limit.' },
  CANCELLED: { exit: 130, grpc: 1, http: 400, meaning: 'The caller stopped it.' },
  UNKNOWN: { exit: 70, grpc: 2, http: 500, meaning: 'A foreign error that could not be classified.' },
  INTERNAL: { exit: 70, grpc: 13, http: 500, meaning: 'A defect in Ocellus; please report it.' },
} as const;

/** A row of {@link FAULTS}. */
export type FaultCode = keyof typeof FAULTS;

/** The one error type of Ocellus: a code from {@link FAULTS} and a text that says what to do; `cause` keeps the original. */
export class Fault extends Error {
  override readonly name = 'Fault';
  constructor(
    readonly code: FaultCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Throws a {@link Fault}; an expression, so that it can stand after `??`. */
export function fail(code: FaultCode, message: string, cause?: unknown): never {
  throw new Fault(code, message, cause === undefined ? undefined : { cause });
}

/** Wraps a foreign error once, at the adapter that met it; a {@link Fault} passes through unchanged, an abort becomes `CANCELLED`. */
export function toFault(error: unknown, code: FaultCode = 'UNKNOWN', prefix = ''): Fault {
  if (error instanceof Fault) return error;
  const text = error instanceof Error ? error.message : String(error);
  if (error instanceof Error && error.name === 'AbortError') return new Fault('CANCELLED', text, { cause: error });
  return new Fault(code, prefix + text, { cause: error });
}

/** Throws `CANCELLED`, or the fault that was given as the reason, once `signal` is aborted. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (!signal?.aborted) return;
  if (signal.reason instanceof Fault) throw signal.reason;
  throw new Fault('CANCELLED', 'stopped by the caller', { cause: signal.reason });
}
