import type { Datatype, TensorSpec } from '../../../core/index.js';
import { fail } from '../../../core/index.js';
import type { ModelSpec, PictureInput } from '../../../models/instance.js';
import type { ModelConfig } from '../../../wire/index.js';
import { datatypeOf } from '../../model/datatypes.js';
import { parameterOf } from '../../model/host-options.js';
import { configSpec } from '../config-spec.js';

/** What the thread that decodes must know; plain data. */
export interface ImageOrder {
  readonly name: string;
  readonly spec: ModelSpec;
  readonly hasBatch: boolean;
  /** Name of the BYTES input. */
  readonly input: string;
  /** How the picture becomes the output `input` of it names. */
  readonly picture: PictureInput;
  readonly output: TensorSpec;
  /** An output for the picture's own size, [height, width], where the configuration has one. */
  readonly size?: { readonly name: string; readonly datatype: 'INT32' | 'INT64' };
}

const MODES = ['stretch', 'letterbox', 'top-left'] as const;
const ORDERS = ['rgb', 'bgr', 'gray'] as const;

function oneOf<T extends string>(config: ModelConfig, name: string, words: readonly T[], fallback: T): T {
  const said = parameterOf(config, name) ?? fallback;
  return (
    words.find((word) => word === said) ??
    fail('INVALID_ARGUMENT', `parameter '${name}' of model '${config.name}' is '${said}'; it may be ${words.join(', ')}`)
  );
}

/** `127.5` for every channel, or `123.7,116.3,103.5`. */
function perChannel(config: ModelConfig, name: string, channels: number, fallback: number): number[] {
  const numbers = (parameterOf(config, name) ?? String(fallback)).split(',').map(Number);
  if (numbers.some((number) => !Number.isFinite(number)) || (numbers.length !== 1 && numbers.length !== channels))
    fail('INVALID_ARGUMENT', `parameter '${name}' of model '${config.name}' must be one number, or ${channels} separated by commas`);
  return numbers.length === channels ? numbers : Array.from({ length: channels }, () => numbers[0]!);
}

type Output = ModelConfig['output'][number];

const isSize = ({ dims, dataType }: Output): boolean =>
  dims.length === 1 && dims[0] === 2n && /INT(32|64)$/.test(datatypeOf(dataType, 'model output'));

/** Reads the configuration of a model that decodes pictures. @throws Fault INVALID_ARGUMENT saying which part is wrong */
export function imageOrder(config: ModelConfig): ImageOrder {
  const { name, input, output, maxBatchSize } = config;
  const [bytes] = input;
  if (!bytes || input.length > 1 || datatypeOf(bytes.dataType, 'model input') !== 'BYTES' || bytes.dims.length !== 1 || bytes.dims[0] !== 1n)
    return fail('INVALID_ARGUMENT', `model '${name}' of backend image takes one input, data_type TYPE_STRING, dims [ 1 ]: the bytes of a picture`);
  const size = output.find(isSize);
  const pictures = output.filter((each) => each !== size);
  const dims = pictures[0]?.dims.map(Number) ?? [];
  const planar = dims[0] === 3 || (dims[0] === 1 && dims[2] !== 1);
  const channels = planar ? dims[0] : dims[2];
  if (pictures.length !== 1 || dims.length !== 3 || dims.some((dim) => dim < 1) || (channels !== 3 && channels !== 1))
    return fail(
      'INVALID_ARGUMENT',
      `model '${name}' of backend image gives one picture of fixed dims, [ 3, HEIGHT, WIDTH ] or [ HEIGHT, WIDTH, 3 ] (1 for gray), and may give its own size as dims [ 2 ] of TYPE_INT32`,
    );
  const order = oneOf(config, 'order', ORDERS, channels === 1 ? 'gray' : 'rgb');
  if ((order === 'gray') !== (channels === 1))
    fail('INVALID_ARGUMENT', `parameter 'order' of model '${name}' is ${order}, but its output has ${channels} channels`);
  const [height, width] = planar ? [dims[1]!, dims[2]!] : [dims[0]!, dims[1]!];
  const [picture] = pictures as [Output];
  return {
    name,
    spec: configSpec(config),
    hasBatch: maxBatchSize > 0,
    input: bytes.name,
    picture: {
      input: picture.name,
      fit: {
        mode: oneOf(config, 'fit', MODES, 'stretch'),
        size: { width, height },
        order,
        layout: planar ? 'planar' : 'packed',
        pad: perChannel(config, 'pad', 1, 0)[0]!,
      },
      mean: perChannel(config, 'mean', channels, 0),
      std: perChannel(config, 'std', channels, 1),
    },
    output: { name: picture.name, datatype: datatypeOf(picture.dataType, 'model output'), shape: [-1, ...dims] },
    ...(size && { size: { name: size.name, datatype: datatypeOf(size.dataType, 'model output') as Datatype as 'INT32' } }),
  };
}
