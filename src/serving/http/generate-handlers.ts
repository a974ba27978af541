import { fail } from '../../core/index.js';
import { type InferRequest, type InferResponse, writeJson } from '../../wire/index.js';
import type { ModelServer } from '../port.js';
import { guarded, type HttpContext, type PathParts } from './context.js';
import type { Exchange } from './exchange.js';
import { generateRequest, generateResponse } from './generate-request.js';
import { replyStream } from './streamed-answer.js';

async function read(exchange: Exchange, { server, maxInputBytes }: HttpContext, [name = '', version = '']: PathParts): Promise<InferRequest> {
  exchange.only('POST');
  const metadata = await server.modelMetadata(name, version);
  const encoding = exchange.header('content-encoding') ?? 'identity';
  if (encoding !== 'identity') fail('INVALID_ARGUMENT', "Unsupported content-encoding, only 'identity' is supported.");
  return generateRequest(metadata, version, await exchange.json(), maxInputBytes);
}

/** The answers of a request; the empty end of a decoupled model is none. */
export async function* answersOf(server: ModelServer, request: InferRequest, signal: AbortSignal): AsyncGenerator<InferResponse> {
  const decoupled = await server.isDecoupled(request.modelName, request.modelVersion);
  for await (const { response, final } of server.stream(request, { signal })) if (!final || !decoupled || response.outputs.length > 0) yield response;
}

/** Inference with inputs by name, one answer. */
export const generate = guarded('inference', async (exchange, context, parts) => {
  const request = await read(exchange, context, parts);
  const answers: InferResponse[] = [];
  for await (const response of answersOf(context.server, request, exchange.signal)) answers.push(response);
  const [only] = answers;
  if (!only || answers.length > 1)
    fail(
      'INTERNAL',
      'generate expects model to produce exactly 1 response, use generate stream for model that generates various number of responses',
    );
  exchange.replyJson(writeJson(generateResponse(only)));
});

async function* texts(answers: AsyncIterable<InferResponse>): AsyncGenerator<string> {
  for await (const response of answers) yield writeJson(generateResponse(response));
}

/** Inference with inputs by name, any number of answers, each an event. */
export const generateStream = guarded('inference', async (exchange, context, parts) => {
  const request = await read(exchange, context, parts);
  await replyStream(exchange, 'sse', texts(answersOf(context.server, request, exchange.signal)));
});
