import { didYouMean, fail } from '../../../core/index.js';
import { attribute, corrupt, unsupported, type IrLayer, type IrNet, type IrSource } from './ir-file.js';

/** An output of the converted network. */
export interface IrOutput {
  readonly name: string;
  readonly source: IrSource;
  /** Logits of a text reader come as [T, N, C] in some files; they are turned to [N, T, C]. */
  readonly turn?: boolean;
  /** Default boxes: the same for every picture, but repeated for each of a batch, so that all outputs have as many rows. */
  readonly repeat?: boolean;
}

const sourceAt = (layer: IrLayer, at: number): IrSource => layer.sources[at] ?? corrupt(layer, `nothing is connected to input ${at + 1}`);

/** Attributes of `DetectionOutput` that say how boxes are coded, and the only values that the `ssd` head decodes. */
const SSD_CODING: readonly (readonly [name: string, value: string, absent: boolean])[] = [
  ['code_type', 'center_size', false],
  ['variance_encoded_in_target', '0', true],
  ['share_location', '1', true],
  ['normalized', '1', true],
  ['decrease_label_id', '0', true],
];

/** An SSD head is cut before it picks boxes: offsets, scores and default boxes become outputs, and the `ssd` head decodes them. */
function ssdOutputs(layer: IrLayer): IrOutput[] {
  for (const [name, wanted, absent] of SSD_CODING) {
    const text = attribute
      .text(layer, name)
      ?.toLowerCase()
      .replace(/^true$/, '1')
      .replace(/^false$/, '0')
      .replace(/^caffe\.priorboxparameter\./, '');
    if (text === undefined ? !absent : text !== wanted) unsupported(layer, `its ${name} is ${text ?? 'not stated'}, and only ${wanted} is decoded`);
  }
  if (layer.sources.length !== 3) unsupported(layer, `it has ${layer.sources.length} inputs; offsets, scores and priors are supported`);
  return [
    { name: 'loc', source: sourceAt(layer, 0) },
    { name: 'conf', source: sourceAt(layer, 1) },
    { name: 'priors', source: sourceAt(layer, 2), repeat: true },
  ];
}

/** Layers that only reshape, between a decoder of text and the network's end. */
const PASSING: ReadonlySet<string> = new Set(['Squeeze', 'Reshape', 'Convert']);

/** The outputs that end in the layer that `source` names. */
function outputsAt(net: IrNet, source: IrSource, reader: string): IrOutput[] {
  const layer = layerOf(net, source, reader);
  let end = layer;
  // A file may go in circles, so the way up is bounded.
  for (let steps = 0; steps < 8 && PASSING.has(end.type) && end.sources[0]; steps++) end = layerOf(net, end.sources[0], end.name);
  if (end.type === 'CTCGreedyDecoder') return [{ name: 'logits', source: sourceAt(end, 0), turn: true }];
  if (end.type === 'CTCGreedyDecoderSeqLen') return [{ name: 'logits', source: sourceAt(end, 0) }];
  if (layer.type === 'DetectionOutput') return ssdOutputs(layer);
  const port = layer.outputs.findIndex(({ id }) => id === source.port);
  return [{ name: layer.outputs.length > 1 ? `${layer.name}.${port}` : layer.name, source }];
}

/** The layer that `source` names. @throws Fault INPUT_CORRUPT when there is none */
export function layerOf(net: IrNet, source: IrSource, reader: string): IrLayer {
  return net.layers.get(source.layer) ?? fail('INPUT_CORRUPT', `"${reader}" reads layer ${source.layer}, which does not exist`);
}

/** Where the network ends: `Result` layers, or in version 3 every output that no layer reads. */
function ends(net: IrNet): { readonly source: IrSource; readonly reader: string }[] {
  const layers = [...net.layers.values()];
  const results = layers.filter(({ type }) => type === 'Result');
  if (net.version >= 10) return results.map((layer) => ({ source: sourceAt(layer, 0), reader: layer.name }));
  const read = new Set(layers.flatMap(({ sources }) => sources.flatMap((source) => (source ? [`${source.layer}:${source.port}`] : []))));
  return layers
    .filter(({ type }) => type !== 'Input' && type !== 'Const')
    .flatMap(({ id, name, outputs }) => outputs.map((port) => ({ source: { layer: id, port: port.id }, reader: name })))
    .filter(({ source }) => !read.has(`${source.layer}:${source.port}`));
}

/**
 * The outputs of a network, or those of them that are wanted. They are called as their layers; where a head is cut off, `loc`, `conf` and
 * `priors` (SSD) or `logits` (text).
 * @throws Fault INPUT_CORRUPT when the network ends nowhere, INVALID_ARGUMENT for an unknown name, UNSUPPORTED for a head that is not decoded
 */
export function outputsOf(net: IrNet, wanted: readonly string[] | undefined): IrOutput[] {
  const all = new Map<string, IrOutput>();
  for (const { source, reader } of ends(net))
    for (const output of outputsAt(net, source, reader)) {
      const other = all.get(output.name);
      if (other && (other.source.layer !== output.source.layer || other.source.port !== output.source.port))
        fail('UNSUPPORTED', `two outputs of the network are called "${output.name}"`);
      all.set(output.name, output);
    }
  if (all.size === 0) fail('INPUT_CORRUPT', 'the network has no output');
  if (!wanted) return [...all.values()];
  return wanted.map((name) => {
    const names = [...all.keys()];
    return all.get(name) ?? fail('INVALID_ARGUMENT', `outputs: no output "${name}".${didYouMean(name, names)} There are ${names.join(', ')}`);
  });
}
