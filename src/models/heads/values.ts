import { z } from 'zod';
import type { Tensor } from '../../core/index.js';
import type { Values } from '../../vision/index.js';
import type { ModelSpec } from '../port.js';
import { mismatch } from './outputs.js';
import type { Head, HeadSpec } from './port.js';
import { checkRoles, rowOf, rowOutput, softmax } from './row-outputs.js';
import { parseSettings } from './settings.js';

const Value = z.strictObject({
  output: z.string().optional().describe("Role of the output that tells it; the value's own name when absent."),
  at: z.int().min(0).default(0).describe('Its position in the output.'),
  scale: z.number().default(1).describe('What the number is multiplied by.'),
  offset: z.number().default(0).describe('Added thereafter.'),
  bins: z
    .union([z.array(z.number()).min(2), z.strictObject({ from: z.number(), step: z.number() })])
    .optional()
    .describe('The output is a distribution: its bins stand for these numbers, and the value is their mean. `at` plays no part then.'),
  softmax: z.boolean().default(false).describe('Whether the bins are still to be made probabilities.'),
});

/** Settings of {@link values}. */
export const ValuesSettings = z.strictObject({
  values: z.record(z.string(), Value).describe('Values by name, such as age, or yaw, pitch and roll.'),
});

type Value = z.output<typeof Value>;

/** Reads one value of picture `row`. */
type Reader = (outputs: readonly Tensor[], row: number) => number;

function binReader(head: HeadSpec, model: ModelSpec, name: string, value: Value & { bins: NonNullable<Value['bins']> }): Reader {
  const { bins, scale, offset } = value;
  const count = Array.isArray(bins) ? bins.length : undefined;
  const expected = `[N, ${count ?? 'bins'}] for the value "${name}"`;
  const output = rowOutput(head, model, value.output ?? name, expected);
  if (count !== undefined && output.width !== count) mismatch(head, output, expected);
  const centreOf = Array.isArray(bins) ? (i: number) => bins[i]! : (i: number) => bins.from + i * bins.step;
  return (outputs, row) => {
    const raw = rowOf(outputs, output, row);
    const shares = value.softmax ? softmax(raw) : raw;
    const mean = shares.reduce((sum, share, i) => sum + share * centreOf(i), 0);
    return mean * scale + offset;
  };
}

function plainReader(head: HeadSpec, model: ModelSpec, name: string, value: Value): Reader {
  const { at, scale, offset } = value;
  const expected = `[N, ${at + 1} or more] for the value "${name}"`;
  const output = rowOutput(head, model, value.output ?? name, expected);
  if (output.width <= at) mismatch(head, output, expected);
  return (outputs, row) => rowOf(outputs, output, row)[at]! * scale + offset;
}

/** Networks that tell numbers: age, angles of a head, a direction. */
export const values: Head<Values> = {
  type: 'values',
  answers: 'values',
  summary: 'Named numbers, read off outputs or averaged over bins: age, angles of a head, the direction of a gaze.',
  create(head, model) {
    const wanted = Object.entries(parseSettings(ValuesSettings, head).values);
    const readers = wanted.map(([name, value]) => {
      const { bins } = value;
      return [name, bins ? binReader(head, model, name, { ...value, bins }) : plainReader(head, model, name, value)] as const;
    });
    checkRoles(
      head,
      wanted.map(([name, { output }]) => output ?? name),
    );
    return { decode: (outputs, row) => ({ kind: 'values', values: Object.fromEntries(readers.map(([name, read]) => [name, read(outputs, row)])) }) };
  },
};
