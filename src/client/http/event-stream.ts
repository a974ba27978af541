import { fail } from '../../core/index.js';
import { parseJson, type JsonObject } from '../../wire/index.js';

/** Lines of a text that comes in pieces, without their ends (LF or CR LF); the last one may have none. */
export async function* linesOf(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const piece of pieces) {
    const lines = (rest + decoder.decode(piece, { stream: true })).split('\n');
    rest = lines.pop()!;
    for (const line of lines) yield line.endsWith('\r') ? line.slice(0, -1) : line;
  }
  rest += decoder.decode();
  if (rest !== '') yield rest;
}

/** The data of each event of a text/event-stream; other fields and comments are passed over. */
async function* eventsOf(lines: AsyncIterable<string>): AsyncGenerator<string> {
  let data: string[] = [];
  for await (const line of lines) {
    if (line === '' && data.length > 0) {
      yield data.join('\n');
      data = [];
    } else if (line.startsWith('data:')) data.push(line.slice(line[5] === ' ' ? 6 : 5));
  }
  if (data.length > 0) yield data.join('\n');
}

async function* filled(lines: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const line of lines) if (line.trim() !== '') yield line;
}

/** What a client that reads streams sends as the header accept. */
export const STREAM_TYPES = 'text/event-stream, application/x-ndjson';

/** Whether an answer of that content type is a stream of JSON objects. */
export const isStream = (contentType: string | undefined): boolean => /^(text\/event-stream|application\/x-ndjson)\b/.test(contentType ?? '');

/** A JSON object. @throws Fault UNKNOWN with the server's text when it holds an error, INPUT_CORRUPT when it is no object */
function objectIn(text: string): JsonObject {
  const value = parseJson(text);
  if (!(value instanceof Map)) fail('INPUT_CORRUPT', `the server streams "${text.slice(0, 40)}", which is no JSON object`);
  const error = (value as JsonObject).get('error');
  if (typeof error === 'string') fail('UNKNOWN', error);
  return value as JsonObject;
}

/** The JSON texts of an answer, as they come: events (text/event-stream), or lines (NDJSON). @throws Fault UNKNOWN with the server's text for an error */
export async function* textsOf(pieces: AsyncIterable<Uint8Array>, contentType: string | undefined): AsyncGenerator<string> {
  const lines = linesOf(pieces);
  const texts = contentType?.startsWith('text/event-stream') ? eventsOf(lines) : filled(lines);
  for await (const text of texts) {
    if (/^\s*\{\s*"error"\s*:/.test(text)) objectIn(text);
    yield text;
  }
}

/** The JSON objects of an answer, as they come. @throws Fault as {@link textsOf}, INPUT_CORRUPT for what is no object */
export async function* objectsOf(pieces: AsyncIterable<Uint8Array>, contentType: string | undefined): AsyncGenerator<JsonObject> {
  for await (const text of textsOf(pieces, contentType)) yield objectIn(text);
}
