import { fail } from '../../../core/index.js';
import type { Operator } from './conversion.js';
import { CONVOLUTION_OPERATORS } from './convolution-operators.js';
import { ELEMENT_OPERATORS } from './element-operators.js';
import { MATRIX_OPERATORS } from './matrix-operators.js';
import type { TfjsNode } from './model.js';
import { PAD_OPERATORS } from './pad-operators.js';
import { PICK_OPERATORS } from './pick-operators.js';
import { PICTURE_OPERATORS } from './picture-operators.js';
import { REDUCE_OPERATORS } from './reduce-operators.js';
import { SHAPE_OPERATORS } from './shape-operators.js';
import { SLICE_OPERATORS } from './slice-operators.js';

/** Every operator that can be converted; a new one is one row in one of the tables. */
export const TFJS_OPERATORS: Readonly<Record<string, Operator>> = {
  ...CONVOLUTION_OPERATORS,
  ...PICTURE_OPERATORS,
  ...ELEMENT_OPERATORS,
  ...MATRIX_OPERATORS,
  ...SHAPE_OPERATORS,
  ...PAD_OPERATORS,
  ...REDUCE_OPERATORS,
  ...SLICE_OPERATORS,
  ...PICK_OPERATORS,
};

/** Operators that steer what is computed, loops among them: an ONNX file of ours has none. */
const STEERING = /^(Switch|Merge|Enter|Exit|NextIteration|LoopCond|While|StatelessWhile|If|StatelessIf|TensorArray.*|TensorList.*)$/;

const READ_ELSEWHERE = new Set(['Const', 'Placeholder', 'NoOp']);

/** Refuses a graph with operators that have no rule, all of them at once. @throws Fault UNSUPPORTED naming each with the first of its nodes */
export function checkOperators(nodes: readonly TfjsNode[]): void {
  const unknown = nodes.filter(({ op }) => !READ_ELSEWHERE.has(op) && !Object.hasOwn(TFJS_OPERATORS, op));
  if (unknown.length === 0) return;
  const told = [...new Set(unknown.map(({ op }) => op))].map((operator) => {
    const [first, ...others] = unknown.filter(({ op }) => op === operator);
    return `operator ${operator} of node "${first!.name}"${others.length > 0 ? ` and ${others.length} more` : ''}`;
  });
  const steering = unknown.some(({ op }) => STEERING.test(op)) ? '; branches and loops (control flow) are not supported' : '';
  fail('UNSUPPORTED', `cannot convert ${told.join(', ')}: there is no rule for ${told.length === 1 ? 'it' : 'them'} yet${steering}`);
}
