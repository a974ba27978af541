import type { SecureClientSessionOptions } from 'node:http2';
import type { Fault } from '../../core/index.js';
import { createGrpcClient as connectGrpc, type Keepalive } from '../../wire/grpc.js';
import { fixedHeaders, ProtocolClient } from '../client.js';
import { startDeadline } from '../deadline.js';
import { requestOf } from '../infer-request.js';
import { InferResult } from '../infer-result.js';
import type { CallOptions, ClientOptions, InferenceClient, InferOptions, Inputs } from '../port.js';
import type { Operations } from '../operations.js';
import { serverAddress } from '../server-address.js';
import { GrpcOperations } from './grpc-operations.js';

/** What a gRPC client is made with. */
export interface GrpcClientOptions extends ClientOptions {
  /** Certificates of the server's authority (`ca`), and, for mutual TLS, the client's own (`cert`, `key`); of use with `https:` and `grpcs:`. */
  readonly tls?: Pick<SecureClientSessionOptions, 'ca' | 'cert' | 'key' | 'passphrase' | 'servername' | 'rejectUnauthorized'>;
  /** When a quiet connection is asked whether it still lives; never when absent. */
  readonly keepalive?: Keepalive;
  /** Bytes of the largest answer taken; 2^31 - 1 when absent. */
  readonly maxMessageBytes?: number;
}

/** One request of {@link GrpcInferenceClient.exchange}. */
export interface StreamRequest extends Omit<InferOptions, keyof CallOptions | 'binary'> {
  readonly model: string;
  readonly inputs: Inputs;
}

/** One answer of {@link GrpcInferenceClient.exchange}: a result, or the fault of one request, which leaves the stream open. */
export type StreamResult = { readonly result: InferResult; readonly final: boolean } | { readonly fault: Fault; readonly id: string };

/** A client over gRPC. */
export interface GrpcInferenceClient extends InferenceClient {
  readonly protocol: 'grpc';
  /**
   * Any number of requests, to any models, over one stream. A model that answers once answers in the order of the requests; decoupled ones
   * answer as they like, so give requests an `id` to tell answers apart. It ends when the requests have ended and all is answered.
   * @throws Fault when the stream as a whole fails
   */
  exchange(requests: AsyncIterable<StreamRequest> | Iterable<StreamRequest>, options?: CallOptions): AsyncGenerator<StreamResult>;
}

class GrpcProtocolClient extends ProtocolClient<GrpcOperations> implements GrpcInferenceClient {
  declare readonly protocol: 'grpc';

  async *exchange(requests: AsyncIterable<StreamRequest> | Iterable<StreamRequest>, options: CallOptions = {}): AsyncGenerator<StreamResult> {
    using deadline = startDeadline(options.signal, options.timeoutMs ?? this.options.timeoutMs);
    const messages = async function* () {
      for await (const { model, inputs, ...more } of requests) yield requestOf(model, inputs, more);
    };
    const attempt = { ...(deadline.signal && { signal: deadline.signal }), ...(options.headers && { headers: options.headers }) };
    for await (const answer of this.operations.exchange(messages(), attempt))
      yield 'fault' in answer ? answer : { result: new InferResult(answer.response), final: answer.final };
  }
}

/**
 * The operations of a server over gRPC, each tried once and with messages as they are: what forwards requests needs no more.
 * `url` as for {@link createGrpcClient}. @throws Fault INVALID_ARGUMENT for an address that is none
 */
export function createGrpcOperations(url: string, options: GrpcClientOptions = {}): Operations {
  return operationsOf(url, options);
}

function operationsOf(url: string, options: GrpcClientOptions): GrpcOperations {
  const { secure, origin } = serverAddress(url, 8001);
  const { tls, keepalive, maxMessageBytes, compression } = options;
  const grpc = connectGrpc({
    url: origin,
    ...(secure && tls && { tls }),
    ...(keepalive && { keepalive }),
    ...(maxMessageBytes !== undefined && { maxMessageBytes }),
  });
  return new GrpcOperations(grpc, fixedHeaders(options), compression);
}

/**
 * A client over gRPC; it connects with the first call. `url` is `host:port`, `http://` or `grpc://` in plain text, `https://` or `grpcs://` with TLS.
 * @throws Fault INVALID_ARGUMENT for an address that is none
 */
export function createGrpcClient(url: string, options: GrpcClientOptions = {}): GrpcInferenceClient {
  return new GrpcProtocolClient(url, 'grpc', operationsOf(url, options), options);
}
