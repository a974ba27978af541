import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FAULTS, Fault, fail, throwIfAborted, toFault } from './fault.js';

test('every fault has a sysexits code or 130, a canonical gRPC number and an HTTP error status', () => {
  for (const [code, row] of Object.entries(FAULTS)) {
    assert.ok((row.exit >= 64 && row.exit <= 78) || row.exit === 130, code);
    assert.ok(row.grpc >= 1 && row.grpc <= 16, code);
    assert.ok(row.http >= 400 && row.http <= 599, code);
    assert.match(row.meaning, /\.$/, code);
  }
});

test('a foreign error is wrapped once and keeps its cause', () => {
  const original = new Error('boom');
  const wrapped = toFault(original, 'INPUT_CORRUPT', 'clip.mp4: ');
  assert.equal(wrapped.message, 'clip.mp4: boom');
  assert.equal(wrapped.cause, original);
  assert.equal(toFault(wrapped, 'INTERNAL'), wrapped);
});

test('an abort becomes CANCELLED, a fault given as reason stays itself', () => {
  assert.doesNotThrow(() => throwIfAborted(new AbortController().signal));
  assert.throws(() => throwIfAborted(AbortSignal.abort()), { code: 'CANCELLED' });
  const late = new Fault('DEADLINE_EXCEEDED', 'too late');
  assert.throws(() => throwIfAborted(AbortSignal.abort(late)), late);
  assert.equal(toFault(new DOMException('gone', 'AbortError')).code, 'CANCELLED');
});

test('fail throws with its cause', () => {
  assert.throws(() => fail('NOT_FOUND', 'no such file', new Error('ENOENT')), { code: 'NOT_FOUND', message: 'no such file' });
});
