import type { Tensor } from '../../core/index.js';
import type { Message } from '../../wire/grpc.js';
import {
  bytesOfTensor,
  decodeInferRequest,
  encodeInferResponse,
  type InferRequest,
  type InferResponse,
  joined,
  type TensorHead,
  tensorFromBytes,
} from '../../wire/index.js';
import { type AnswerForm, bytesOfOutputs, formOf, hasForm, isPlain } from '../front/answer-form.js';

/** The start of a message up to this size is remembered. */
const REMEMBERED_BYTES = 4096;
/** Tags of `raw_input_contents` and `raw_output_contents`. */
const RAW_INPUT = (7 << 3) | 2;
const RAW_OUTPUT = (6 << 3) | 2;

/** What stands before a field of bytes. */
function fieldHead(tag: number, length: number): Uint8Array {
  const bytes = [tag];
  let left = length;
  for (; left >= 128; left = Math.floor(left / 128)) bytes.push((left % 128) | 128);
  bytes.push(left);
  return Uint8Array.from(bytes);
}

/** The fields `tag` that `bytes` consists of from `at` on, `count` of them; undefined when it is not so. */
function fieldsFrom(bytes: Uint8Array, from: number, tag: number, count: number): Uint8Array[] | undefined {
  const fields: Uint8Array[] = [];
  let at = from;
  while (at < bytes.byteLength && fields.length < count) {
    if (bytes[at++] !== tag) return undefined;
    let length = 0;
    let scale = 1;
    for (;;) {
      const byte = bytes[at++];
      if (byte === undefined || scale > 2 ** 28) return undefined;
      length += (byte & 127) * scale;
      scale *= 128;
      if (byte < 128) break;
    }
    if (at + length > bytes.byteLength) return undefined;
    fields.push(bytes.subarray(at, at + length));
    at += length;
  }
  return at === bytes.byteLength && fields.length === count ? fields : undefined;
}

/** What the start of a message says, before the bytes of its tensors. */
interface Read {
  readonly start: Uint8Array;
  readonly request: InferRequest;
  readonly heads: readonly TensorHead[];
}

/** The start of an answer of one form, and what stands before each of its tensors. */
interface Written {
  readonly form: AnswerForm;
  readonly starts: readonly Uint8Array[];
}

/**
 * Reads requests and writes answers that follow one another, as those of one client do. They are mostly of one kind, so what comes before the
 * bytes of the tensors is kept with what it says, and is not read or written again where it would be the same.
 */
export class GrpcInferCodec {
  #read: Read | undefined;
  #written: Written | undefined;

  /** As `decodeInferRequest`. */
  decode(bytes: Uint8Array): InferRequest {
    return this.#again(bytes) ?? this.#first(bytes);
  }

  #again(bytes: Uint8Array): InferRequest | undefined {
    const known = this.#read;
    const size = known?.start.byteLength ?? 0;
    if (!known || bytes.byteLength < size || Buffer.compare(known.start, bytes.subarray(0, size)) !== 0) return undefined;
    const { heads, request } = known;
    const raw = fieldsFrom(bytes, size, RAW_INPUT, heads.length);
    if (!raw) return undefined;
    const label = { modelName: request.modelName, id: request.id, direction: 'input' } as const;
    return { ...request, inputs: heads.map((head, i) => tensorFromBytes(head, raw[i]!, label)) };
  }

  #first(bytes: Uint8Array): InferRequest {
    const request = decodeInferRequest(bytes);
    const { inputs } = request;
    if (inputs.length === 0 || inputs.some((input) => 'shared' in input)) return request;
    const contents = (inputs as readonly Tensor[]).map(bytesOfTensor);
    const rawBytes = contents.reduce((sum, { byteLength }) => sum + fieldHead(RAW_INPUT, byteLength).byteLength + byteLength, 0);
    const start = bytes.byteLength - rawBytes;
    // Typed contents, or bytes that come before something else, are no such message.
    if (start > 0 && start <= REMEMBERED_BYTES && fieldsFrom(bytes, start, RAW_INPUT, inputs.length))
      this.#read = {
        start: new Uint8Array(bytes.subarray(0, start)),
        request,
        heads: inputs.map(({ name, datatype, shape }) => ({ name, datatype, shape })),
      };
    return request;
  }

  /** As `encodeInferResponse`. */
  encode(response: InferResponse): Message {
    if (!isPlain(response)) return encodeInferResponse(response);
    const bytes = bytesOfOutputs(response.outputs);
    const known = this.#written;
    if (known && hasForm(response, bytes, known.form)) return bytes.flatMap((piece, i) => [known.starts[i]!, piece]);
    const message = encodeInferResponse(response);
    const whole = joined(message);
    const heads = bytes.map(({ byteLength }) => fieldHead(RAW_OUTPUT, byteLength));
    const rawBytes = bytes.reduce((sum, { byteLength }, i) => sum + heads[i]!.byteLength + byteLength, 0);
    const start = whole.slice(0, whole.byteLength - rawBytes);
    this.#written = { form: formOf(response, bytes), starts: heads.map((head, i) => (i === 0 ? joined([start, head]) : head)) };
    return message;
  }
}
