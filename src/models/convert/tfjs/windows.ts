import type { OnnxAttributes } from '../onnx-graph.js';
import { unsupported } from './conversion.js';
import { attribute, type TfjsNode } from './model.js';
import type { Size } from './sizes.js';

/** Height and width. */
export type Pair<T> = readonly [T, T];

/** Height and width of an attribute that has one number an axis of a packed picture. @throws Fault UNSUPPORTED for other layouts */
export function spatial(node: TfjsNode, name: string): Pair<number> {
  const values = attribute.ints(node, name);
  const format = attribute.text(node, 'data_format');
  if (format !== undefined && format !== 'NHWC') unsupported(node, `its pictures are ${format}; only NHWC is supported`);
  const pair: Pair<number> = values.length === 4 ? [values[1]!, values[2]!] : [values[0] ?? 1, values[1] ?? values[0] ?? 1];
  return pair.every((value) => Number.isSafeInteger(value) && value > 0) ? pair : unsupported(node, `its ${name} are ${pair.join(' and ')}`);
}

/** Whether height and width are numbers. */
export const areKnown = (pair: Pair<Size>): pair is Pair<number> => pair.every((size) => typeof size === 'number');

/** How a window moves over pictures, as ONNX wants to know it, and the height and width that come out. */
export interface Windows {
  readonly attributes: OnnxAttributes;
  readonly sizes: Pair<Size>;
}

interface Axis {
  readonly input: Size;
  /** From the first to the last pixel under the window, dilation included. */
  readonly extent: number;
  readonly stride: number;
}

const perAxis = <T>(make: (axis: 0 | 1) => T): Pair<T> => [make(0), make(1)];

/** Pads before and after that TensorFlow's SAME needs; undefined where they depend on a size that is not known. */
function sameExactly({ input, extent, stride }: Axis): Pair<number> | undefined {
  if (stride > 1 && typeof input !== 'number') return undefined;
  // With a stride of 1 every input size pads alike.
  const total = typeof input === 'number' ? Math.max((Math.ceil(input / stride) - 1) * stride + extent - input, 0) : extent - 1;
  return [total >> 1, total - (total >> 1)];
}

function windowsWith(axes: Pair<Axis>, pads: Pair<Pair<number>>): Windows {
  const [[top, bottom], [left, right]] = pads;
  const sizes = perAxis((i) => {
    const { input, extent, stride } = axes[i];
    return typeof input === 'number' ? Math.floor((input + pads[i][0] + pads[i][1] - extent) / stride) + 1 : undefined;
  });
  return { attributes: { pads: [top, left, bottom, right] }, sizes };
}

function sameWindows(node: TfjsNode, axes: Pair<Axis>, dilated: boolean): Windows {
  const pads = axes.map(sameExactly);
  if (pads.every((pad) => pad !== undefined)) return windowsWith(axes, pads as unknown as Pair<Pair<number>>);
  if (dilated) unsupported(node, 'it has strides and dilations, and the size of its picture is not known');
  return {
    attributes: { auto_pad: 'SAME_UPPER' },
    sizes: perAxis((i) => (typeof axes[i].input === 'number' ? Math.ceil(axes[i].input / axes[i].stride) : undefined)),
  };
}

/** Reads padding, strides and dilations of a node whose window is `kernel` high and wide, over pictures `input` high and wide. @throws Fault UNSUPPORTED */
export function windowsOf(node: TfjsNode, kernel: Pair<number>, input: Pair<Size>): Windows {
  const [strides, dilations] = [spatial(node, 'strides'), spatial(node, 'dilations')];
  const axes = perAxis((i) => ({ input: input[i], extent: (kernel[i] - 1) * dilations[i] + 1, stride: strides[i] }));
  const { attributes, sizes } = moves(
    node,
    axes,
    dilations.some((dilation) => dilation > 1),
  );
  if (sizes.some((size) => typeof size === 'number' && size < 1)) unsupported(node, `its window of ${kernel.join(' x ')} is larger than its picture`);
  return { attributes: { kernel_shape: kernel, strides, ...attributes, ...(dilations.some((d) => d > 1) ? { dilations } : {}) }, sizes };
}

function moves(node: TfjsNode, axes: Pair<Axis>, dilated: boolean): Windows {
  const kind = attribute.text(node, 'padding') ?? 'VALID';
  if (kind === 'SAME') return sameWindows(node, axes, dilated);
  const none: Pair<number> = [0, 0];
  if (kind === 'VALID') return windowsWith(axes, [none, none]);
  const pads = attribute.ints(node, 'explicit_paddings');
  if (kind === 'EXPLICIT' && pads.length === 8)
    return windowsWith(axes, [
      [pads[2]!, pads[3]!],
      [pads[4]!, pads[5]!],
    ]);
  return unsupported(node, `its padding ${kind} is not supported`);
}
