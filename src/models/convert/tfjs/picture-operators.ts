import { heightAndWidth, pictureAt } from './convolution-operators.js';
import { type Conversion, type Operator, type Value, sizesAt, unsupported } from './conversion.js';
import { attribute } from './model.js';
import type { Size } from './sizes.js';
import { areKnown, type Pair } from './windows.js';

/** Whether the runtime, which multiplies by a 32-bit factor, arrives at the size wanted. */
const reaches = (from: number, to: number): boolean => Math.floor(Math.fround(from * Math.fround(to / from))) === to;

/** The inputs of a Resize behind the picture: factors where they are exact, or else sizes, of which the run knows batch and channels. */
function targetOf(picture: Value, from: Pair<Size>, to: Pair<Size>, sizes: Value, graph: Conversion): string[] {
  const { onnx } = graph;
  if (areKnown(from) && areKnown(to) && from.every((size, i) => reaches(size, to[i]!)))
    return ['', onnx.constant('FP32', [4], Float32Array.of(1, 1, to[0]! / from[0]!, to[1]! / from[1]!))];
  const kept = onnx.node('Slice', [onnx.node('Shape', [graph.planar(picture)]), onnx.ints([0]), onnx.ints([2])]);
  return ['', '', onnx.node('Concat', [kept, graph.packed(sizes)], { axis: 0 })];
}

/** Where each pixel of one axis comes from, in TF.js' own numbers. */
function nearest(from: number, to: number, corners: boolean, halves: boolean): number[] {
  const ratio = corners && to > 1 ? (from - 1) / (to - 1) : from / to;
  const pick = (at: number): number => {
    const source = ratio * (halves ? at + 0.5 : at);
    return Math.min(from - 1, Math.max(0, corners ? Math.round(source) : Math.floor(source)));
  };
  return Array.from({ length: to }, (_, at) => pick(at));
}

const resize =
  (mode: 'linear' | 'nearest'): Operator =>
  (node, inputs, graph) => {
    const picture = pictureAt(node, inputs, 0);
    const target = sizesAt(node, inputs, 1);
    if (target.length !== 2) unsupported(node, `its size has ${target.length} numbers, not 2`);
    const from = heightAndWidth(picture);
    const to: Pair<Size> = [target[0], target[1]];
    const [corners, halves] = [attribute.flag(node, 'align_corners'), attribute.flag(node, 'half_pixel_centers')];
    if (corners && halves) unsupported(node, 'align_corners and half_pixel_centers exclude each other');
    const sizes = [picture.sizes?.[0], ...to, picture.sizes?.[3]];
    if (from[0] === to[0] && from[1] === to[1] && areKnown(to)) return [picture];
    const times = !corners && areKnown(from) && areKnown(to) && from.every((size, i) => to[i]! % size === 0);
    if (mode === 'nearest' && !times && areKnown(from) && areKnown(to)) {
      // By number: the runtime's own factors are rounded, and a pixel on the edge of two would be another.
      const picks = from.map((size, i) => graph.onnx.ints(nearest(size, to[i]!, corners, halves)));
      const rows = graph.onnx.node('Gather', [graph.planar(picture), picks[0]!], { axis: 2 });
      return [graph.fromPlanar(graph.onnx.node('Gather', [rows, picks[1]!], { axis: 3 }), sizes)];
    }
    const coordinates = corners ? 'align_corners' : halves ? 'half_pixel' : 'asymmetric';
    const name = graph.onnx.node('Resize', [graph.planar(picture), ...targetOf(picture, from, to, inputs[1]!, graph)], {
      mode,
      coordinate_transformation_mode: coordinates,
      ...(mode === 'nearest' ? { nearest_mode: corners || halves ? 'round_prefer_ceil' : 'floor' } : {}),
    });
    return [graph.fromPlanar(name, sizes)];
  };

/** Operators that give pictures another size. */
export const PICTURE_OPERATORS: Readonly<Record<string, Operator>> = {
  ResizeBilinear: resize('linear'),
  ResizeNearestNeighbor: resize('nearest'),
};
