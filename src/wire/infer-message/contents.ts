import { fromBinary } from '@bufbuild/protobuf';
import { ARRAY_OF, BYTES_PER_ELEMENT, elementCount, fail, type Datatype, type Tensor } from '../../core/index.js';
import { fitting } from '../numbers.js';
import { InferTensorContentsSchema, type InferTensorContents } from '../proto/grpc_service_pb.js';
import { requestPrefix, type RequestLabel, type TensorHead } from '../tensor-bytes.js';

type Values = readonly (boolean | number | bigint | Uint8Array)[];

/** Each list with the datatypes that may use it; the last is the one that Triton names when another was declared. */
const LISTS: readonly { readonly of: (contents: InferTensorContents) => Values; readonly datatypes: readonly Datatype[] }[] = [
  { of: (contents) => contents.boolContents, datatypes: ['BOOL'] },
  { of: (contents) => contents.intContents, datatypes: ['INT8', 'INT16', 'INT32'] },
  { of: (contents) => contents.int64Contents, datatypes: ['INT64'] },
  { of: (contents) => contents.uintContents, datatypes: ['UINT8', 'UINT16', 'UINT32'] },
  { of: (contents) => contents.uint64Contents, datatypes: ['UINT64'] },
  { of: (contents) => contents.fp32Contents, datatypes: ['FP32'] },
  { of: (contents) => contents.fp64Contents, datatypes: ['FP64'] },
  { of: (contents) => contents.bytesContents, datatypes: ['BYTES'] },
];

function valuesFor({ name, datatype }: TensorHead, contents: InferTensorContents, { modelName }: RequestLabel): Values {
  const where = `unexpected explicit tensor data for input tensor '${name}' for model '${modelName}'`;
  let found: Values | undefined;
  for (const { of, datatypes } of LISTS) {
    const values = of(contents);
    if (values.length === 0) continue;
    if (found) fail('INVALID_ARGUMENT', `${where}, binary data was already supplied.`);
    if (!datatypes.includes(datatype)) fail('INVALID_ARGUMENT', `${where} of type '${datatypes.at(-1)}', expected datatype '${datatype}'`);
    found = values;
  }
  return found ?? [];
}

function refuseCount({ name, datatype, shape }: TensorHead, got: number, label: RequestLabel): never {
  const count = elementCount(shape);
  const size = BYTES_PER_ELEMENT[datatype];
  const of = `${label.direction} '${name}' for model '${label.modelName}'`;
  const text =
    datatype === 'BYTES'
      ? `expected ${count} string elements for inference ${of}, got ${got}`
      : `${label.direction} byte size mismatch for ${of}. Expected ${count * size}, got ${got * size}`;
  return fail('INVALID_ARGUMENT', requestPrefix(label) + text);
}

/**
 * Reads a tensor from an InferTensorContents message.
 * @throws Fault INVALID_ARGUMENT in Triton's words when the list does not suit datatype or shape; a value that the datatype cannot hold
 * is refused too, where Triton cuts it off
 */
export function tensorFromContents(head: TensorHead, bytes: Uint8Array, label: RequestLabel): Tensor {
  const values = valuesFor(head, fromBinary(InferTensorContentsSchema, bytes), label);
  const count = elementCount(head.shape);
  const { datatype, name } = head;
  if (values.length !== count) refuseCount(head, values.length, label);
  if (datatype === 'BYTES') return { ...head, datatype, data: values as readonly Uint8Array[] };
  if (datatype === 'BOOL') return { ...head, datatype, data: Uint8Array.from(values as readonly boolean[], Number) };
  const data = new ARRAY_OF[datatype](count);
  for (let i = 0; i < count; i++) data[i] = fitting(datatype, values[i] as number | bigint, name);
  return { ...head, datatype, data } as Tensor;
}
