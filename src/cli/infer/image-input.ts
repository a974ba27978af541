import { elementCount, fail, type PictureRequest, type Tensor, type TensorSpec } from '../../core/index.js';
import { createMedia } from '../../media/index.js';

/** The picture that an input takes. */
interface PictureForm {
  readonly layout: 'planar' | 'packed';
  readonly order: 'rgb' | 'gray';
  readonly width: number;
  readonly height: number;
}

/** [.., H, W, C] or [.., C, H, W] with 1 or 3 channels. @throws Fault INVALID_ARGUMENT when the shape is of no picture */
export function pictureForm({ name, shape }: TensorSpec): PictureForm {
  const [a = 0, b = 0, c = 0] = shape.slice(-3);
  const packed = c === 3 || c === 1;
  const [height, width, channels] = packed ? [a, b, c] : [b, c, a];
  if (shape.length < 3 || (channels !== 3 && channels !== 1) || height < 1 || width < 1 || elementCount(shape.slice(0, -3)) !== 1)
    return fail('INVALID_ARGUMENT', `input "${name}" is [${shape.join(',')}], which is no picture of 1 or 3 channels; give a .npy file`);
  return { layout: packed ? 'packed' : 'planar', order: channels === 3 ? 'rgb' : 'gray', width, height };
}

async function firstPicture(path: string, request: PictureRequest): Promise<Uint8Array> {
  await using source = await createMedia().open(path);
  for await (const frame of source.frames()) {
    using _ = frame;
    return await frame.render(request);
  }
  return fail('INPUT_CORRUPT', `${path} holds no picture`);
}

/**
 * Reads a picture (JPEG, PNG, WebP, or the first frame of a video) as the input takes it: stretched to its size, RGB or grey.
 * @param divisor what bytes are divided by, for inputs of numbers with a fraction
 * @throws Fault as the media's opening, INVALID_ARGUMENT when the input takes no picture
 */
export async function imageInput(path: string, spec: TensorSpec, divisor: number): Promise<Tensor> {
  const { name, datatype, shape } = spec;
  const { layout, order, width, height } = pictureForm(spec);
  if (datatype !== 'UINT8' && datatype !== 'FP32')
    return fail('INVALID_ARGUMENT', `input "${name}" is ${datatype}; a picture is read for UINT8, FP32 and BYTES`);
  const bytes = await firstPicture(path, { size: { width, height }, order, layout });
  if (datatype === 'UINT8') return { name, datatype, shape, data: bytes };
  return { name, datatype, shape, data: Float32Array.from(bytes, (byte) => byte / divisor) };
}
