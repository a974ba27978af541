import { STATUS_CODES } from 'node:http';

/** How long a connection is kept for a next request, in seconds. */
export const KEPT_FOR_S = 120;

const KEEPS = `Connection: keep-alive\r\nKeep-Alive: timeout=${KEPT_FOR_S}\r\n\r\n`;
const CLOSES = 'Connection: close\r\n\r\n';

let date = { text: '', untilMs: 0 };

/** The header that says when an answer was made; it changes once a second. */
function dateLine(): string {
  const nowMs = Date.now();
  if (nowMs >= date.untilMs) date = { text: `Date: ${new Date(nowMs).toUTCString()}\r\n`, untilMs: nowMs - (nowMs % 1000) + 1000 };
  return date.text;
}

/** One header as a line. */
export const headerLine = (name: string, value: string | number): string => `${name}: ${value}\r\n`;

/** The head of an answer, up to and with its empty line. @param lines of headers, each with its line break */
export const responseHead = (status: number, lines: string, keepAlive: boolean): string =>
  `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Unknown'}\r\n${lines}${dateLine()}${keepAlive ? KEEPS : CLOSES}`;
