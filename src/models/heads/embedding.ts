import { z } from 'zod';
import type { Embedding } from '../../vision/index.js';
import { mismatch } from './outputs.js';
import type { Head } from './port.js';
import { checkRoles, rowOf, rowOutput } from './row-outputs.js';
import { parseSettings } from './settings.js';

/** Settings of {@link embedding}. */
export const EmbeddingSettings = z.strictObject({
  dimensions: z.int().min(1).optional().describe('Numbers of the vector, as a check; as many as the output has when absent.'),
});

/** The vector with length 1; one of zeros stays so, being like nothing. */
function normalised(vector: Float32Array): Float32Array {
  let sum = 0;
  for (const x of vector) sum += x * x;
  return sum > 0 ? vector.map((x) => x / Math.sqrt(sum)) : vector.slice();
}

/** Networks that tell appearance as a vector: faces, people. The vector is L2-normalised here, whatever the network did. */
export const embedding: Head<Embedding> = {
  type: 'embedding',
  answers: 'embedding',
  summary: 'Appearance as a vector of length 1: the cosine of two tells how alike they are.',
  create(head, model) {
    const { dimensions } = parseSettings(EmbeddingSettings, head);
    const expected = `[N, ${dimensions ?? 'dimensions'}]`;
    const output = rowOutput(head, model, 'embedding', expected);
    if (dimensions !== undefined && output.width !== dimensions) mismatch(head, output, expected);
    checkRoles(head, ['embedding']);
    return { decode: (outputs, row) => ({ kind: 'embedding', vector: normalised(rowOf(outputs, output, row)) }) };
  },
};
