import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { InferenceRequest } from './port.js';
import type { IdControl, SequenceId } from './scheduling.js';
import { SequenceIntake } from './sequence-intake.js';

const intake = (datatype?: IdControl['datatype'], iterative = false, live: readonly SequenceId[] = []): SequenceIntake =>
  new SequenceIntake({
    model: 'm',
    idControl: datatype && { kind: 'sequenceId', input: 'CORRID', datatype },
    iterative,
    isLive: (id) => live.includes(id),
  });
const ask = (id: SequenceId, start = true): InferenceRequest => ({ inputs: [], answer: 'tensors', sequence: { id, start, end: false } });

test("refusals in Triton's words", () => {
  for (const [request, rows, message] of [
    [ask(1n), 2, "inference request to model 'm' must specify batch-size 1 due to requirements of sequence batcher"],
    [ask(0n, false), 1, "inference request to model 'm' must specify a non-zero or non-empty correlation ID"],
    [ask('', false), 1, "inference request to model 'm' must specify a non-zero or non-empty correlation ID"],
    [{ inputs: [], answer: 'tensors' }, 1, "inference request to model 'm' must specify a non-zero or non-empty correlation ID"],
  ] as const)
    assert.throws(() => intake().read(request, rows), { code: 'INVALID_ARGUMENT', message });
});

test('ids must fit the control', () => {
  for (const [datatype, id, fits] of [
    ['UINT64', 2n ** 64n - 1n, true],
    ['UINT64', -1n, false],
    ['INT64', -5n, true],
    ['INT64', 2n ** 63n, false],
    ['UINT32', 2n ** 32n, false],
    ['INT32', 2n ** 31n - 1n, true],
    ['INT32', 2n ** 31n, false],
    ['BYTES', 'a', true],
    ['BYTES', 1n, false],
    ['UINT64', 'a', false],
    [undefined, 'a', true],
    [undefined, 1n, true],
  ] as const) {
    const read = (): unknown => intake(datatype).read(ask(id, false), 1).flags.id;
    if (fits) assert.equal(read(), id);
    else assert.throws(read, { code: 'INVALID_ARGUMENT', message: /'CORRID'/ }, `${datatype} ${id}`);
  }
});

test('a start without an id gets one of the right type that nobody else has', () => {
  for (const datatype of [undefined, 'UINT64', 'INT64', 'UINT32', 'INT32', 'BYTES'] as const) {
    const subject = intake(datatype);
    const ids = Array.from({ length: 50 }, () => subject.read(ask(datatype === 'BYTES' ? '' : 0n), 1));
    assert.ok(ids.every(({ issued }) => issued));
    assert.equal(new Set(ids.map(({ flags }) => flags.id)).size, 50);
    for (const { flags } of ids) {
      assert.equal(typeof flags.id, datatype === 'BYTES' ? 'string' : 'bigint');
      if (typeof flags.id === 'bigint') assert.ok(flags.id > 0n && flags.id < (datatype?.endsWith('32') ? 2n ** 31n : 2n ** 53n));
    }
  }
});

test('iterative requests are numbered from 1, whatever they say', () => {
  const subject = intake('UINT64', true);
  const read = [ask(9n, false), { inputs: [], answer: 'tensors' } as const].map((request) => subject.read(request, 1));
  assert.deepEqual(
    read.map(({ flags }) => flags),
    [
      { id: 1n, start: true, end: false },
      { id: 2n, start: true, end: false },
    ],
  );
});
