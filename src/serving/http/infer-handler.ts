import { fail } from '../../core/index.js';
import { decodeHttpInferRequest, encodeHttpInferResponse, HEADER_LENGTH, type InferResponse } from '../../wire/index.js';
import { withHeaders } from '../front/forwarded-headers.js';
import { acceptedEncoding, unpackBody } from './compression.js';
import { guarded, type Handler } from './context.js';
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

/** An inference: tensors in, tensors out. */
export const infer: Handler = guarded('inference', async (exchange, context, [modelName = '', modelVersion = '']) => {
  exchange.only('POST');
  const { server, maxInputBytes, forwardHeaders } = context;
  const receivedMs = performance.now();
  const format = streamFormat(exchange.header('accept'));
  const decoupled = format ? false : server.isDecoupled(modelName, modelVersion);
  if (typeof decoupled === 'boolean' ? decoupled : await decoupled)
    fail('UNSUPPORTED', "HTTP end point doesn't support models with decoupled transaction policy");
  const sent = await exchange.body();
  const encoding = exchange.header('content-encoding');
  if (encoding !== undefined) exchange.response.setHeader('Accept-Encoding', 'gzip, deflate');
  const body = encoding === undefined ? sent : await unpackBody(sent, encoding, maxInputBytes);
  const decoded = decodeHttpInferRequest({ modelName, modelVersion, body, headerLength: exchange.header(HEADER), maxInputBytes });
  const request = withHeaders(decoded, forwardHeaders, Object.entries(exchange.request.headers));
  if (format) return replyStream(exchange, format, jsonAnswers(answersOf(server, request, exchange.signal)));
  const response = await server.infer(request, { signal: exchange.signal, receivedMs });
  await exchange.replyBody(encodeHttpInferResponse(response, request), acceptedEncoding(exchange.header('accept-encoding')));
});
