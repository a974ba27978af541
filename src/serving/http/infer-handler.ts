import { fail } from '../../core/index.js';
import { decodeHttpInferRequest, encodeHttpInferResponse, HEADER_LENGTH } from '../../wire/index.js';
import { withHeaders } from '../front/forwarded-headers.js';
import { acceptedEncoding, unpackBody } from './compression.js';
import { guarded, type Handler } from './context.js';

const HEADER = HEADER_LENGTH.toLowerCase();

/** An inference: tensors in, tensors out. */
export const infer: Handler = guarded('inference', async (exchange, context, [modelName = '', modelVersion = '']) => {
  exchange.only('POST');
  const { server, maxInputBytes, forwardHeaders } = context;
  const receivedMs = performance.now();
  if (server.isDecoupled(modelName, modelVersion)) fail('UNSUPPORTED', "HTTP end point doesn't support models with decoupled transaction policy");
  const sent = await exchange.body();
  const encoding = exchange.header('content-encoding');
  if (encoding !== undefined) exchange.response.setHeader('Accept-Encoding', 'gzip, deflate');
  const body = encoding === undefined ? sent : await unpackBody(sent, encoding, maxInputBytes);
  const decoded = decodeHttpInferRequest({ modelName, modelVersion, body, headerLength: exchange.header(HEADER), maxInputBytes });
  const request = withHeaders(decoded, forwardHeaders, Object.entries(exchange.request.headers));
  const response = await server.infer(request, { signal: exchange.signal, receivedMs });
  await exchange.replyBody(encodeHttpInferResponse(response, request), acceptedEncoding(exchange.header('accept-encoding')));
});
