import { ARRAY_OF, BYTES_PER_ELEMENT, elementCount, fail, type Datatype, type Tensor } from '../core/index.js';
import { alignedCopy } from './aligned-copy.js';

/** What an error text names beside the tensor. */
export interface RequestLabel {
  readonly modelName: string;
  readonly id: string;
  readonly direction: 'input' | 'output';
}

/** The start of Triton's texts about one request. */
export const requestPrefix = ({ id }: RequestLabel): string => `[request id: ${id === '' ? '<id_unknown>' : id}] `;

/** Whether `text` is the name of a datatype on the wire. */
export const isDatatype = (text: string): text is Datatype => Object.hasOwn(BYTES_PER_ELEMENT, text);

/** The name, datatype and shape of a tensor whose data is still to be read. */
export interface TensorHead {
  readonly name: string;
  readonly datatype: Datatype;
  readonly shape: readonly number[];
}

/**
 * Reads a tensor from its bytes: little-endian, row-major, without padding; BYTES elements as a 32-bit length and the bytes.
 * The data is a view of `bytes` where its address allows, otherwise a copy; BYTES elements are views always.
 * @throws Fault INVALID_ARGUMENT in Triton's words when the bytes do not fill the shape
 */
export function tensorFromBytes(head: TensorHead, bytes: Uint8Array, label: RequestLabel): Tensor {
  const { name, shape, datatype } = head;
  const count = elementCount(shape);
  if (datatype === 'BYTES') return { name, datatype, shape, data: readStrings(name, bytes, count, label) };
  const size = BYTES_PER_ELEMENT[datatype];
  if (bytes.byteLength !== count * size)
    fail(
      'INVALID_ARGUMENT',
      `${requestPrefix(label)}${label.direction} byte size mismatch for ${label.direction} '${head.name}' for model '${label.modelName}'. Expected ${count * size}, got ${bytes.byteLength}`,
    );
  const at = bytes.byteOffset % size === 0 ? bytes : alignedCopy(bytes);
  return { name, datatype, shape, data: new ARRAY_OF[datatype](at.buffer as ArrayBuffer, at.byteOffset, count) } as Tensor;
}

/** Texts as in Triton's core. */
function readStrings(name: string, bytes: Uint8Array, count: number, label: RequestLabel): Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const elements: Uint8Array[] = [];
  const where = `for inference ${label.direction} '${name}' for model '${label.modelName}'`;
  const refuse = (text: string): never => fail('INVALID_ARGUMENT', requestPrefix(label) + text);
  for (let at = 0; at < bytes.byteLength;) {
    const left = bytes.byteLength - at;
    if (left < 4)
      refuse(
        `incomplete string length indicator ${where}, expecting 4 bytes but only ${left} bytes available. Please make sure the string length indicator is in one buffer.`,
      );
    if (elements.length === count) refuse(`unexpected number of string elements ${count + 1} ${where}, expecting ${count}`);
    const length = view.getUint32(at, true);
    if (length > left - 4) refuse(`incomplete string data ${where}, expecting string of length ${length} but only ${left - 4} bytes available`);
    elements.push(bytes.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  if (elements.length !== count) refuse(`expected ${count} string elements ${where}, got ${elements.length}`);
  return elements;
}

/** Bytes that {@link bytesOfTensor} gives. */
export function byteSize(tensor: Tensor): number {
  return tensor.datatype === 'BYTES' ? tensor.data.reduce((sum, { byteLength }) => sum + 4 + byteLength, 0) : tensor.data.byteLength;
}

/** A tensor as bytes: a view of its data, or, for BYTES, a new array. */
export function bytesOfTensor(tensor: Tensor): Uint8Array {
  if (tensor.datatype !== 'BYTES') return new Uint8Array(tensor.data.buffer, tensor.data.byteOffset, tensor.data.byteLength);
  const bytes = new Uint8Array(byteSize(tensor));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const element of tensor.data) {
    view.setUint32(at, element.byteLength, true);
    bytes.set(element, at + 4);
    at += 4 + element.byteLength;
  }
  return bytes;
}
