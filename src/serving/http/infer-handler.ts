import { fail } from '../../core/index.js';
import { encodeHttpInferResponse, HEADER_LENGTH, type InferRequest, type InferResponse } from '../../wire/index.js';
import { withHeaders } from '../front/forwarded-headers.js';
import { type Body, wholeBody } from './body-reader.js';
import { acceptedEncoding, unpackBody } from './compression.js';
import { guarded, type Handler, type HttpContext } from './context.js';
import type { Exchange } from './exchange.js';
import { answersOf } from './generate-handlers.js';
import { replyStream, streamFormat } from './streamed-answer.js';

const HEADER = HEADER_LENGTH.toLowerCase();

/** Answers of a stream hold their tensors as JSON. */
async function* jsonAnswers(answers: AsyncIterable<InferResponse>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  for await (const response of answers) {
    const { chunks } = encodeHttpInferResponse(response, { outputs: [], binaryOutput: false });
    yield decoder.decode(chunks[0]);
  }
}

/** The model's name and version. */
interface Asked {
  readonly modelName: string;
  readonly modelVersion: string;
}

function decoded(exchange: Exchange, { maxInputBytes, forwardHeaders }: HttpContext, asked: Asked, { head, tail }: Body): InferRequest {
  const request = exchange.codec.decode({ ...asked, body: head, tensors: tail, headerLength: exchange.header(HEADER), maxInputBytes });
  return withHeaders(request, forwardHeaders, exchange.headers);
}

async function unpacked(exchange: Exchange, body: Body, encoding: string, maxInputBytes: number): Promise<Body> {
  exchange.addHeader('Accept-Encoding', 'gzip, deflate');
  return { head: await unpackBody(wholeBody(body), encoding, maxInputBytes), tail: new Uint8Array(0) };
}

/** An inference: tensors in, tensors out. What is at hand is not waited for: each turn of a promise costs, and there are many requests. */
export const infer: Handler = guarded('inference', (exchange, context, [modelName = '', modelVersion = '']) => {
  exchange.only('POST');
  const receivedMs = performance.now();
  const { server } = context;
  const asked = { modelName, modelVersion };
  const format = streamFormat(exchange.header('accept'));
  const refuseDecoupled = (decoupled: boolean): void => {
    if (decoupled) fail('UNSUPPORTED', "HTTP end point doesn't support models with decoupled transaction policy");
  };
  const decoupled = format ? false : server.isDecoupled(modelName, modelVersion);
  if (typeof decoupled === 'boolean') refuseDecoupled(decoupled);
  const reply = (response: InferResponse, request: InferRequest): void | Promise<void> => {
    const accepted = acceptedEncoding(exchange.header('accept-encoding'));
    const body = exchange.codec.encode(response, request);
    return accepted ? exchange.replyPacked(body, accepted) : exchange.replyBody(body);
  };
  const answer = (body: Body): Promise<void> => {
    const request = decoded(exchange, context, asked, body);
    if (format) return replyStream(exchange, format, jsonAnswers(answersOf(server, request, exchange.signal)));
    return server.infer(request, { signal: exchange.signal, receivedMs }).then((response) => reply(response, request));
  };
  const encoding = exchange.header('content-encoding');
  const parts = exchange.parts();
  const body = encoding === undefined ? parts : Promise.resolve(parts).then((packed) => unpacked(exchange, packed, encoding, context.maxInputBytes));
  if (typeof decoupled !== 'boolean') return Promise.all([body, decoupled.then(refuseDecoupled)]).then(([whole]) => answer(whole));
  return body instanceof Promise ? body.then(answer) : answer(body);
});
