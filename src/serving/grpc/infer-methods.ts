import type { Message, Method, ServerCall } from '../../wire/grpc.js';
import { decodeInferRequest, encodeStreamResponse, type InferRequest, type InferResponse } from '../../wire/index.js';
import { withHeaders } from '../front/forwarded-headers.js';
import { Arrivals } from '../model/arrivals.js';
import { checkCall, type GrpcContext, told } from './calls.js';
import { GrpcInferCodec } from './infer-codec.js';

const read = (bytes: Uint8Array, { forwardHeaders }: GrpcContext, { metadata }: ServerCall): InferRequest =>
  withHeaders(decodeInferRequest(bytes), forwardHeaders, metadata);

const refused = (error: unknown): never => {
  throw told(error);
};

/** `ModelInfer`: one request, one response. */
export function modelInfer(context: GrpcContext): Method {
  const codecs = new WeakMap<object, GrpcInferCodec>();
  const codecOf = (peer: object): GrpcInferCodec => {
    const known = codecs.get(peer);
    if (known) return known;
    const made = new GrpcInferCodec();
    codecs.set(peer, made);
    return made;
  };
  return {
    kind: 'unary',
    handle(bytes, call) {
      try {
        checkCall(context, 'inference', call);
        const codec = codecOf(call.peer);
        const request = withHeaders(codec.decode(bytes), context.forwardHeaders, call.metadata);
        return context.server.infer(request, { signal: call.signal }).then((response) => codec.encode(response), refused);
      } catch (error) {
        return refused(error);
      }
    },
  };
}

const NOTHING: Pick<InferResponse, 'modelName' | 'modelVersion' | 'parameters' | 'outputs'> = {
  modelName: '',
  modelVersion: '',
  parameters: new Map(),
  outputs: [],
};

const marked = (response: InferResponse, final: boolean): Message =>
  encodeStreamResponse({
    errorMessage: '',
    response: { ...response, parameters: new Map([...response.parameters, ['triton_final_response', final]]) },
  });

type Outcome = { readonly response: InferResponse } | { readonly error: unknown };

/** What becomes of an inference, as a promise that never rejects: its turn to be told may come later. */
async function settled(infer: () => Promise<InferResponse>): Promise<Outcome> {
  try {
    return { response: await infer() };
  } catch (error) {
    return { error };
  }
}

/** Requests of one stream that may be at work at a time; more wait in the connection. */
const MOST_AT_WORK = 1024;

/** The requests of one stream: those of ordinary models are answered in their order, those of decoupled ones as answers come. */
class InferStream {
  readonly answers = new Arrivals<Message>();
  readonly #strict: boolean;
  #last: Promise<void> = Promise.resolve();
  #atWork = new Set<Promise<void>>();

  constructor(
    readonly context: GrpcContext,
    readonly call: ServerCall,
  ) {
    this.#strict = call.metadata.get('triton_grpc_error') === 'true';
  }

  async serve(requests: AsyncIterable<Uint8Array>): Promise<void> {
    try {
      for await (const bytes of requests) {
        this.#start(bytes);
        if (this.#atWork.size >= MOST_AT_WORK) await Promise.race(this.#atWork);
      }
      while (this.#atWork.size > 0) await Promise.race(this.#atWork);
      this.answers.end();
    } catch (error) {
      this.answers.fail(told(error));
    }
  }

  #start(bytes: Uint8Array): void {
    let request: InferRequest | undefined;
    const refuse = (error: unknown): void => this.#refuse(error, request?.id ?? '');
    const work = (async () => {
      try {
        request = read(bytes, this.context, this.call);
        await this.#answer(request);
      } catch (error) {
        refuse(error);
      }
    })();
    this.#atWork.add(work);
    void work.then(() => this.#atWork.delete(work));
  }

  async #answer(request: InferRequest): Promise<void> {
    const { server } = this.context;
    const call = { signal: this.call.signal };
    const decoupled = server.isDecoupled(request.modelName, request.modelVersion);
    // Waited for only where it has to be asked for: requests that are here in order start in order.
    if (!(typeof decoupled === 'boolean' ? decoupled : await decoupled)) {
      const outcome = settled(() => server.infer(request, call));
      const before = this.#last;
      this.#last = (async () => {
        await before;
        const result = await outcome;
        if ('response' in result) this.answers.push(marked(result.response, true));
        else this.#refuse(result.error, request.id);
      })();
      return this.#last;
    }
    for await (const { response, final } of server.stream(request, call)) {
      // The end by itself is told to those who asked for it.
      if (final && response.outputs.length === 0 && !request.controls.emptyFinalResponse) continue;
      this.answers.push(marked(response, final));
    }
  }

  #refuse(error: unknown, id: string): void {
    const fault = told(error);
    if (this.#strict) this.answers.fail(fault);
    else this.answers.push(encodeStreamResponse({ errorMessage: fault.message, response: { ...NOTHING, id } }));
  }
}

/** `ModelStreamInfer`: any number of requests, and what comes of them. */
export const modelStreamInfer = (context: GrpcContext): Method => ({
  kind: 'stream',
  async *handle(requests, call) {
    checkCall(context, 'inference', call);
    const stream = new InferStream(context, call);
    void stream.serve(requests);
    yield* stream.answers;
  },
});
