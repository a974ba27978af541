import {
  decodeHttpInferRequest,
  encodeHttpInferResponse,
  type HttpBody,
  type HttpInferRequest,
  type InferRequest,
  type InferResponse,
  type InferTensor,
  readRequestJson,
  type RequestJson,
} from '../../wire/index.js';
import { type AnswerForm, bytesOfOutputs, formOf, hasForm, isPlain } from '../front/answer-form.js';

/** A JSON up to this size is remembered. */
const REMEMBERED_BYTES = 4096;

/** The body of an answer without its tensors, for answers of one form. */
interface Written {
  readonly form: AnswerForm;
  readonly body: HttpBody;
}

/** Whether the outputs go as bytes, all of them. */
function areBinary(outputs: readonly InferTensor[], request: Pick<InferRequest, 'outputs' | 'binaryOutput'>): boolean {
  const asked = request.outputs;
  if (asked.length === 0) return request.binaryOutput;
  return outputs.every((output) => asked.find(({ name }) => name === output.name)?.binary ?? request.binaryOutput);
}

/**
 * Reads requests and writes answers that follow one another, as those of one client do. They are mostly of one kind, so the last JSON of each
 * direction is kept with what it says, and is not read or written again where it would be the same.
 */
export class HttpInferCodec {
  #read: { readonly bytes: Uint8Array; readonly says: RequestJson } | undefined;
  #written: Written | undefined;

  /** As {@link decodeHttpInferRequest}. */
  decode(request: HttpInferRequest): InferRequest {
    return decodeHttpInferRequest(request, this.#json);
  }

  readonly #json = (bytes: Uint8Array, maxInputBytes: number): RequestJson => {
    const known = this.#read;
    if (known && known.bytes.byteLength === bytes.byteLength && Buffer.compare(known.bytes, bytes) === 0) return known.says;
    const says = readRequestJson(bytes, maxInputBytes);
    // A tensor in JSON belongs to its request.
    if (bytes.byteLength <= REMEMBERED_BYTES && !says.inputs.some((input) => 'data' in input)) this.#read = { bytes: new Uint8Array(bytes), says };
    return says;
  };

  /** As {@link encodeHttpInferResponse}. */
  encode(response: InferResponse, request: Pick<InferRequest, 'outputs' | 'binaryOutput'>): HttpBody {
    const { outputs } = response;
    if (!isPlain(response) || !areBinary(outputs, request)) return encodeHttpInferResponse(response, request);
    const bytes = bytesOfOutputs(outputs);
    const known = this.#written;
    if (known && hasForm(response, bytes, known.form)) return { ...known.body, chunks: [known.body.chunks[0]!, ...bytes] };
    const body = encodeHttpInferResponse(response, request);
    // An empty tensor is no piece of the body.
    if (bytes.every(({ byteLength }) => byteLength > 0))
      this.#written = { form: formOf(response, bytes), body: { ...body, chunks: [body.chunks[0]!] } };
    return body;
  }
}
