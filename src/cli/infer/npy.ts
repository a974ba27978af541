import { ARRAY_OF, BYTES_PER_ELEMENT, elementCount, fail, type Datatype, type Tensor } from '../../core/index.js';

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/** NumPy's name of each datatype, without its byte order. */
const CODES: Readonly<Record<Exclude<Datatype, 'BYTES' | 'BF16'>, string>> = {
  BOOL: 'b1',
  UINT8: 'u1',
  UINT16: 'u2',
  UINT32: 'u4',
  UINT64: 'u8',
  INT8: 'i1',
  INT16: 'i2',
  INT32: 'i4',
  INT64: 'i8',
  FP16: 'f2',
  FP32: 'f4',
  FP64: 'f8',
};

const latin1 = new TextDecoder('latin1');

interface NpyHead {
  readonly descr: string;
  readonly shape: readonly number[];
  /** Where the data begins. */
  readonly dataAt: number;
}

function readHead(bytes: Uint8Array, name: string): NpyHead {
  const bad = (why: string): never => fail('INPUT_CORRUPT', `${name} is no .npy file: ${why}`);
  if (bytes.byteLength < 10 || MAGIC.some((byte, at) => bytes[at] !== byte)) bad('it does not begin like one');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const long = bytes[6]! > 1;
  const start = long ? 12 : 10;
  if (bytes.byteLength < start) bad('it is cut short');
  const dataAt = start + (long ? view.getUint32(8, true) : view.getUint16(8, true));
  if (bytes.byteLength < dataAt) bad('it is cut short');
  const text = latin1.decode(bytes.subarray(start, dataAt));
  const descr = /'descr'\s*:\s*'([^']+)'/.exec(text)?.[1] ?? bad('its head names no type');
  const sizes = /'shape'\s*:\s*\(([\d\s,]*)\)/.exec(text)?.[1] ?? bad('its head names no shape');
  if (!/'fortran_order'\s*:\s*False/.test(text)) fail('UNSUPPORTED', `${name} is in Fortran order; save numpy.ascontiguousarray(a)`);
  const shape = sizes
    .split(',')
    .filter((size) => size.trim() !== '')
    .map(Number);
  return { descr, shape, dataAt };
}

/** Elements of fixed-width texts: bytes (`S`) as they are, or UTF-32 (`U`), both filled up with zeros. */
function textElements(kind: string, width: number, data: Uint8Array, count: number): Uint8Array[] {
  const size = kind === 'S' ? width : width * 4;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  return Array.from({ length: count }, (_, at) => {
    if (kind === 'S') {
      const element = data.subarray(at * size, (at + 1) * size);
      return element.subarray(0, element.findLastIndex((byte) => byte !== 0) + 1);
    }
    const points = Array.from({ length: width }, (__, i) => view.getUint32(at * size + i * 4, true));
    const used = points.slice(0, points.findLastIndex((point) => point !== 0) + 1);
    return new TextEncoder().encode(String.fromCodePoint(...used.map((point) => (point > 0x10ffff ? 0xfffd : point))));
  });
}

/** Reads a .npy file as a tensor; texts (`S`, `U`) become BYTES. @throws Fault INPUT_CORRUPT, UNSUPPORTED for a type that has no datatype */
export function readNpy(bytes: Uint8Array, name: string): Tensor {
  const { descr, shape, dataAt } = readHead(bytes, name);
  const [, order = '', code = ''] = /^([<>|=]?)(.*)$/.exec(descr) ?? [];
  const text = /^([SU])(\d{1,6})$/.exec(code);
  const datatype = (Object.keys(CODES) as (keyof typeof CODES)[]).find((each) => CODES[each] === code);
  if (!text && !datatype) return fail('UNSUPPORTED', `${name}: NumPy's type ${descr} has no datatype here`);
  const size = text ? Number(text[2]) * (text[1] === 'U' ? 4 : 1) : BYTES_PER_ELEMENT[datatype!];
  if (order === '>' && size > 1) return fail('UNSUPPORTED', `${name} is big-endian; save a.astype(a.dtype.newbyteorder("<"))`);
  const count = elementCount(shape);
  const data = bytes.subarray(dataAt);
  if (!Number.isSafeInteger(count) || data.byteLength !== count * size)
    return fail('INPUT_CORRUPT', `${name}: [${shape.join(',')}] of ${descr} takes ${count * size} bytes, but ${data.byteLength} follow its head`);
  if (text) return { name: '', datatype: 'BYTES', shape, data: textElements(text[1]!, Number(text[2]), data, count) };
  return { name: '', datatype: datatype!, shape, data: new ARRAY_OF[datatype!](new Uint8Array(data).buffer, 0, count) } as Tensor;
}

/** Writes a tensor as a .npy file; BYTES as texts of one width. @throws Fault UNSUPPORTED for BF16, which NumPy does not know */
export function writeNpy(tensor: Tensor): Uint8Array {
  const { shape, datatype } = tensor;
  if (datatype === 'BF16') return fail('UNSUPPORTED', `output "${tensor.name}" is BF16, which NumPy does not know`);
  const width = datatype === 'BYTES' ? Math.max(1, ...tensor.data.map(({ byteLength }) => byteLength)) : BYTES_PER_ELEMENT[datatype];
  const descr = datatype === 'BYTES' ? `|S${width}` : `${width === 1 ? '|' : '<'}${CODES[datatype]}`;
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const head = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${sizes}), }`;
  // The data begins at a multiple of 64 bytes, as NumPy has it.
  const length = Math.ceil((10 + head.length + 1) / 64) * 64 - 10;
  const bytes = new Uint8Array(10 + length + elementCount(shape) * width);
  bytes.set([...MAGIC, 1, 0]);
  new DataView(bytes.buffer).setUint16(8, length, true);
  bytes.set(new TextEncoder().encode(`${head.padEnd(length - 1)}\n`), 10);
  if (datatype === 'BYTES') tensor.data.forEach((element, at) => bytes.set(element, 10 + length + at * width));
  else bytes.set(new Uint8Array(tensor.data.buffer, tensor.data.byteOffset, tensor.data.byteLength), 10 + length);
  return bytes;
}
