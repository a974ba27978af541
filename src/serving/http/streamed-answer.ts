import { encodeHttpError } from '../../wire/index.js';
import type { Exchange } from './exchange.js';

/** How several answers travel in one body: as server-sent events, or as a line of JSON each. */
export type StreamFormat = 'sse' | 'ndjson';

const TYPE: Readonly<Record<StreamFormat, string>> = { sse: 'text/event-stream; charset=utf-8', ndjson: 'application/x-ndjson' };
const FRAME: Readonly<Record<StreamFormat, (json: string) => string>> = { sse: (json) => `data: ${json}\n\n`, ndjson: (json) => `${json}\n` };

/** The format that a client asks for by `Accept`; undefined when it asks for none. */
export function streamFormat(accept: string | undefined): StreamFormat | undefined {
  if (accept === undefined) return undefined;
  if (accept.includes('text/event-stream')) return 'sse';
  return accept.includes('application/x-ndjson') ? 'ndjson' : undefined;
}

/**
 * Answers with each text as it comes. An error before the first is an ordinary answer; after it, an event of its own, since the status is
 * long told.
 */
export async function replyStream(exchange: Exchange, format: StreamFormat, answers: AsyncIterable<string>): Promise<void> {
  const write = (json: string): Promise<void> => {
    if (!exchange.begun) exchange.begin(TYPE[format]);
    return exchange.write(FRAME[format](json));
  };
  try {
    for await (const json of answers) await write(json);
  } catch (error) {
    if (!exchange.begun) throw error;
    await write(encodeHttpError(error).body);
  }
  if (!exchange.begun) exchange.begin(TYPE[format]);
  exchange.end();
}
