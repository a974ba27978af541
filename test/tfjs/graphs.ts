/** Small graph models for TF.js and the converter alike. */

export const base64 = (text: string): string => Buffer.from(text).toString('base64');
export const FLOAT = { type: 'DT_FLOAT' };
export const INT = { type: 'DT_INT32' };
export const flag = (b: boolean) => ({ b });
export const text = (value: string) => ({ s: base64(value) });
export const whole = (value: number) => ({ i: String(value) });
export const wholes = (...values: number[]) => ({ list: { i: values.map(String) } });
export const texts = (...values: string[]) => ({ list: { s: values.map(base64) } });

export interface Constant {
  readonly dtype: 'float32' | 'int32' | 'bool';
  readonly shape: readonly number[];
  readonly values: readonly number[];
}
export const floats = (shape: readonly number[], values: readonly number[]): Constant => ({ dtype: 'float32', shape, values });
export const ints = (...values: number[]): Constant => ({ dtype: 'int32', shape: [values.length], values });
export const one = (value: number): Constant => ({ dtype: 'int32', shape: [], values: [value] });

export interface Node {
  readonly name: string;
  readonly op: string;
  readonly input?: readonly string[];
  readonly attr?: Readonly<Record<string, unknown>>;
}

/** A graph of the input `x`, constants and nodes. */
export interface Graph {
  readonly shape: readonly number[];
  readonly constants: Readonly<Record<string, Constant>>;
  readonly nodes: readonly Node[];
  readonly outputs: readonly string[];
}

const bytesOf = ({ dtype, values }: Constant): Uint8Array => {
  if (dtype === 'bool') return Uint8Array.from(values);
  return new Uint8Array((dtype === 'float32' ? Float32Array : Int32Array).from(values).buffer);
};

/** A model as the parsed `model.json` and its one weights file. */
export interface ModelFiles {
  readonly json: object;
  readonly weights: readonly Uint8Array[];
}

/** The graph as a model whose input is declared to have the sizes `declared`. */
export function modelOf({ shape, constants, nodes, outputs }: Graph, declared: readonly number[] = shape): ModelFiles {
  const dim = declared.map((size) => ({ size: String(size) }));
  const node = [
    { name: 'x', op: 'Placeholder', input: [], attr: { dtype: FLOAT, shape: { shape: { dim } } } },
    ...Object.entries(constants).map(([name, { dtype }]) => ({
      name,
      op: 'Const',
      input: [],
      attr: { dtype: { type: { float32: 'DT_FLOAT', int32: 'DT_INT32', bool: 'DT_BOOL' }[dtype] } },
    })),
    ...nodes.map(({ name, op, input = [], attr = {} }) => ({ name, op, input, attr })),
  ];
  const weights = Object.entries(constants).map(([name, { dtype, shape }]) => ({ name, dtype, shape }));
  return {
    json: {
      format: 'graph-model',
      signature: {
        inputs: { x: { name: 'x', dtype: 'DT_FLOAT', tensorShape: { dim } } },
        outputs: Object.fromEntries(outputs.map((name) => [name, { name }])),
      },
      modelTopology: { node, versions: { producer: 1 } },
      weightsManifest: [{ paths: ['w.bin'], weights }],
    },
    weights: [Buffer.concat(Object.values(constants).map(bytesOf))],
  };
}
