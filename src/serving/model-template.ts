import { fail } from '../core/index.js';

const CONFIG = (name: string): string => `# What clients read before they call, and what each request is checked against.
name: "${name}"
backend: "typescript"

# No batches: dims are whole shapes. With a number here, every shape starts with the batch.
max_batch_size: 0

input [
  { name: "VALUES" data_type: TYPE_FP32 dims: [ -1 ] }
]
output [
  { name: "SUM" data_type: TYPE_FP32 dims: [ 1 ] },
  { name: "TEXT" data_type: TYPE_STRING dims: [ 1 ] }
]

# Copies of the model, each in a thread of its own.
instance_group [
  { count: 1 kind: KIND_CPU }
]

# Read by the code: context.parameters.unit
parameters { key: "unit" value { string_value: "points" } }
`;

const CODE = `import type { ModelContext, ModelRequest, ServedModel } from 'ocellus/serving';

export default class Model implements ServedModel {
  /** Once, before the first request: load weights, open files (context.path is this folder). */
  init(context: ModelContext): void {
    void context;
  }

  /** Once a request. What it throws is the answer to this request, and to no other. */
  execute(request: ModelRequest, context: ModelContext) {
    const values = Array.from(request.numbers('VALUES'));
    const sum = values.reduce((total, value) => total + value, 0);
    return { SUM: sum, TEXT: \`\${sum} \${context.parameters['unit']} from \${values.length} values\` };
  }

  /** Once, when the model is unloaded: give back what init took. */
  finalize(): void {}
}
`;

const TEST = (name: string): string => `// Runs the model as the server does: node --test
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createModelServer } from 'ocellus/serving';
import { inferRequest } from 'ocellus/wire';

const repository = fileURLToPath(new URL('..', import.meta.url));
let server;

before(async () => {
  server = await createModelServer({ repositories: [repository], mode: 'explicit', startModels: ['${name}'] });
});

after(() => server[Symbol.asyncDispose]());

test('${name} sums what it is given', async () => {
  const inputs = [{ name: 'VALUES', datatype: 'FP32', shape: [3], data: Float32Array.of(1, 2, 3.5) }];
  const { outputs } = await server.infer(inferRequest({ modelName: '${name}', inputs }));
  const [sum, text] = outputs;
  assert.deepEqual([...sum.data], [6.5]);
  assert.equal(new TextDecoder().decode(text.data[0]), '6.5 points from 3 values');
});
`;

/** Backends that have a template. */
export const TEMPLATES = ['typescript'] as const;

/** Files of a new model by their path in the model repository: a configuration, code, and a test of both. @throws Fault INVALID_ARGUMENT, UNSUPPORTED */
export function modelTemplate(name: string, backend: string): Readonly<Record<string, string>> {
  if (!/^[A-Za-z][\w.-]*$/.test(name)) fail('INVALID_ARGUMENT', `"${name}" is no name for a model: letters, digits, _ . and -, a letter first`);
  if (!TEMPLATES.includes(backend as 'typescript'))
    fail('UNSUPPORTED', `there is no template for backend "${backend}"; there is ${TEMPLATES.join(', ')}`);
  return { [`${name}/config.pbtxt`]: CONFIG(name), [`${name}/1/model.ts`]: CODE, [`${name}/model.test.mjs`]: TEST(name) };
}
