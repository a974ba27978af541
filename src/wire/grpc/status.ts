import { Fault, FAULTS, toFault, type FaultCode } from '../../core/index.js';

/** How a call ended: a canonical status number (0 is OK) and a text. */
export interface GrpcStatus {
  readonly code: number;
  readonly message: string;
}

const CODES: readonly FaultCode[] = [
  'UNKNOWN',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'UNAVAILABLE',
  'INVALID_ARGUMENT',
  'UNSUPPORTED',
  'INTERNAL',
  'UNAVAILABLE',
  'INTEGRITY',
  'UNAUTHENTICATED',
];

/** The fault that a status is. A status that the fault table lacks (ABORTED, OUT_OF_RANGE) becomes its nearest. */
export const faultOfStatus = ({ code, message }: GrpcStatus): Fault => new Fault(CODES[code] ?? 'UNKNOWN', message);

/** The status that an error is: its number from the fault table, its text as it is. */
export function statusOfError(error: unknown): GrpcStatus {
  const { code, message } = toFault(error);
  return { code: FAULTS[code].grpc, message };
}

/** A status message as a header carries it: UTF-8 bytes outside of space to `~`, and `%`, are percent-encoded. */
export const encodeMessage = (message: string): string =>
  Array.from(new TextEncoder().encode(message), (byte) =>
    byte < 32 || byte > 126 || byte === 37 ? `%${byte.toString(16).toUpperCase().padStart(2, '0')}` : String.fromCharCode(byte),
  ).join('');

/** The text of a percent-encoded status message; what is not encoded rightly stays as it is. */
export function decodeMessage(header: string): string {
  const bytes = Buffer.from(
    header.replace(/%([\da-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );
  return bytes.toString('utf8');
}

/** The status of an answer without grpc-status, by its HTTP status (gRPC's own mapping). */
export function statusOfHttp(status: number): GrpcStatus {
  const code = { 400: 13, 401: 16, 403: 7, 404: 12, 429: 14, 502: 14, 503: 14, 504: 14 }[status] ?? 2;
  return { code, message: `HTTP status ${status} instead of a gRPC answer` };
}
