import { Fault, FAULTS, toFault, type FaultCode } from '../../core/index.js';
import { find } from './access.js';
import { parseJson } from './json.js';

/** An error as KServe v2 answers it over HTTP. */
export interface HttpError {
  readonly status: number;
  /** JSON. */
  readonly body: string;
}

/** Writes any error as the answer to a request: its status from the fault table, its text as it is. */
export function encodeHttpError(error: unknown): HttpError {
  const fault = toFault(error);
  return { status: FAULTS[fault.code].http, body: JSON.stringify({ error: fault.message }) };
}

const CODES: Readonly<Record<number, FaultCode>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  405: 'METHOD_NOT_ALLOWED',
  413: 'PAYLOAD_TOO_LARGE',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  501: 'UNSUPPORTED',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
};

function messageOf(body: Uint8Array): string | undefined {
  try {
    const text = find(parseJson(body), 'error');
    return typeof text === 'string' ? text : undefined;
  } catch {
    return undefined;
  }
}

/** The fault that a server answered; a body that is not KServe's error JSON is quoted. */
export function decodeHttpError(status: number, body: Uint8Array): Fault {
  const text = messageOf(body) ?? `HTTP status ${status}${body.byteLength === 0 ? '' : `: ${new TextDecoder().decode(body.subarray(0, 400))}`}`;
  return new Fault(CODES[status] ?? 'UNKNOWN', text);
}
