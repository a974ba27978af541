import { type Conversion, type Value, inputOf, unsupported } from './conversion.js';
import { attribute, type TfjsNode } from './model.js';

/** What a fused operator does after its main work: the bias that is added, and the function at its end. */
export interface Fused {
  readonly bias?: Value;
  readonly activation?: string;
  /** Slopes of a PRelu. */
  readonly slopes?: Value;
}

const ACTIVATIONS = new Set(['Relu', 'Relu6', 'Sigmoid', 'Elu', 'LeakyRelu', 'Prelu', 'Tanh']);

/** Reads what is fused into a node whose main work takes two inputs. @throws Fault UNSUPPORTED for a function without a rule */
export function fusedOf(node: TfjsNode, inputs: readonly Value[]): Fused {
  const names = attribute.texts(node, 'fused_ops').filter((name) => name !== 'Linear');
  const biased = names[0] === 'BiasAdd';
  const [activation, ...rest] = biased ? names.slice(1) : names;
  for (const name of [...(activation === undefined ? [] : [activation]), ...rest])
    if (!ACTIVATIONS.has(name) || rest.length > 0) unsupported(node, `it is fused with ${names.join(', ')}`);
  return {
    ...(biased ? { bias: inputOf(node, inputs, 2) } : {}),
    ...(activation === undefined ? {} : { activation }),
    ...(activation === 'Prelu' ? { slopes: inputOf(node, inputs, biased ? 3 : 2) } : {}),
  };
}

/** Applies the function at the end of a fused operator; `slopes` names the slopes of a PRelu in the form that fits `name`. */
export function activated(node: TfjsNode, name: string, { activation }: Fused, { onnx }: Conversion, slopes: () => string): string {
  if (activation === undefined) return name;
  if (activation === 'Relu6') return onnx.node('Clip', [name, onnx.float(0), onnx.float(6)]);
  if (activation === 'Prelu') return onnx.node('PRelu', [name, slopes()]);
  if (activation === 'LeakyRelu') return onnx.node('LeakyRelu', [name], { alpha: { float: attribute.float(node, 'leakyrelu_alpha', 0.2) } });
  return onnx.node(activation, [name]);
}
