import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ModelConfigSchema, parseTextProto } from '../../wire/index.js';
import { newSequenceId, sequencesOf } from './sequence-id.js';

const rulesOf = (type: string) =>
  sequencesOf(
    parseTextProto(
      ModelConfigSchema,
      `name: "m" sequence_batching { control_input { name: "C" control { kind: CONTROL_SEQUENCE_CORRID data_type: ${type} } } }`,
      'config.pbtxt',
    ),
  )!;
const any = (): boolean => true;

test("ids are of the type of the model's control and fit it", () => {
  for (let i = 0; i < 100; i++) {
    assert.ok((newSequenceId(rulesOf('TYPE_UINT64'), any, any) as bigint) <= BigInt(Number.MAX_SAFE_INTEGER));
    assert.ok((newSequenceId(rulesOf('TYPE_INT32'), any, any) as bigint) < 2n ** 31n);
    assert.match(newSequenceId(rulesOf('TYPE_STRING'), any, any) as string, /^[a-z\d]+$/);
  }
});

test('an id that is taken is not given, and one that does not fit only when none does', () => {
  const rules = rulesOf('TYPE_UINT64');
  assert.equal((newSequenceId(rules, any, (id) => (id as bigint) % 8n === 3n) as bigint) % 8n, 3n);
  assert.equal((newSequenceId(rules, (id) => (id as bigint) % 2n === 0n, () => false) as bigint) % 2n, 0n); // prettier-ignore
});

test('models without sequences of clients have no rules', () => {
  const parse = (text: string) => sequencesOf(parseTextProto(ModelConfigSchema, `name: "m" ${text}`, 'config.pbtxt'));
  assert.equal(parse(''), undefined);
  assert.equal(parse('sequence_batching { iterative_sequence: true }'), undefined);
});
