import type { Datatype, Tensor } from '../../core/index.js';
import {
  bytesOfTensor,
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

/** A JSON up to this size is remembered. */
const REMEMBERED_BYTES = 4096;

/** An output whose bytes follow the JSON, and how many they are. */
interface WrittenOutput {
  readonly name: string;
  readonly datatype: Datatype;
  readonly shape: readonly number[];
  readonly sizeBytes: number;
}

/** The JSON of an answer, and all that it says. */
interface Written {
  readonly modelName: string;
  readonly modelVersion: string;
  readonly outputs: readonly WrittenOutput[];
  readonly body: HttpBody;
}

const isData = (tensor: InferTensor): tensor is Tensor => !('shared' in tensor);

function saysTheSame(output: Tensor, bytes: Uint8Array, { name, datatype, shape, sizeBytes }: WrittenOutput): boolean {
  if (output.name !== name || output.datatype !== datatype || bytes.byteLength !== sizeBytes || output.shape.length !== shape.length) return false;
  for (let axis = 0; axis < shape.length; axis++) if (output.shape[axis] !== shape[axis]) return false;
  return true;
}

/** Whether the outputs go as bytes, all of them. */
function areBinary(outputs: readonly InferTensor[], request: Pick<InferRequest, 'outputs' | 'binaryOutput'>): outputs is readonly Tensor[] {
  for (const output of outputs) {
    const asked = request.outputs.length === 0 ? undefined : request.outputs.find(({ name }) => name === output.name);
    if (!isData(output) || !(asked ? asked.binary : request.binaryOutput)) return false;
  }
  return outputs.length > 0;
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
    if (response.id !== '' || response.parameters.size > 0 || !areBinary(outputs, request)) return encodeHttpInferResponse(response, request);
    const all = outputs.map(bytesOfTensor);
    const known = this.#written;
    if (known && this.#isKnown(response, outputs, all, known)) return { ...known.body, chunks: [known.body.chunks[0]!, ...all] };
    const body = encodeHttpInferResponse(response, request);
    const written = outputs.map(({ name, datatype, shape }, i) => ({ name, datatype, shape: [...shape], sizeBytes: all[i]!.byteLength }));
    // An empty tensor is no piece of the body.
    if (written.every(({ sizeBytes }) => sizeBytes > 0))
      this.#written = { modelName: response.modelName, modelVersion: response.modelVersion, outputs: written, body: { ...body, chunks: [body.chunks[0]!] } };
    return body;
  }

  #isKnown({ modelName, modelVersion }: InferResponse, outputs: readonly Tensor[], all: readonly Uint8Array[], known: Written): boolean {
    if (known.modelName !== modelName || known.modelVersion !== modelVersion || known.outputs.length !== outputs.length) return false;
    for (let i = 0; i < outputs.length; i++) if (!saysTheSame(outputs[i]!, all[i]!, known.outputs[i]!)) return false;
    return true;
  }
}
