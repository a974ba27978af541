import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault } from './fault.js';
import { Scope } from './scope.js';

test('what was opened last is closed first, and each only once', async () => {
  const closed: string[] = [];
  const scope = new Scope();
  const source = scope.use({ [Symbol.dispose]: () => void closed.push('source') });
  assert.ok(Symbol.dispose in source);
  scope.use({
    [Symbol.asyncDispose]: async () => {
      await new Promise((resolve) => setImmediate(resolve));
      closed.push('model');
    },
  });
  scope.defer(() => void closed.push('file'));
  await scope.close();
  await scope.close();
  assert.deepEqual(closed, ['file', 'model', 'source']);
});

test('moving hands everything over', async () => {
  const closed: string[] = [];
  const open = async (): Promise<Scope> => {
    await using scope = new Scope();
    scope.defer(() => void closed.push('handed over'));
    return scope.move();
  };
  const kept = await open();
  assert.deepEqual(closed, []);
  await kept[Symbol.asyncDispose]();
  assert.deepEqual(closed, ['handed over']);
});

test('without a move, a failure on the way closes what was opened', async () => {
  const closed: string[] = [];
  const open = async (): Promise<Scope> => {
    await using scope = new Scope();
    scope.defer(() => void closed.push('first'));
    throw new Error('second does not open');
  };
  await assert.rejects(open(), /second does not open/);
  assert.deepEqual(closed, ['first']);
});

test('one failure does not keep the others open; it is thrown as it is, several as one fault', async () => {
  const closed: string[] = [];
  const ill = new Error('ill');
  const one = new Scope();
  one.defer(() => void closed.push('a'));
  one.defer(() => Promise.reject(ill));
  one.defer(() => void closed.push('b'));
  await assert.rejects(one.close(), ill);
  assert.deepEqual(closed, ['b', 'a']);
  const two = new Scope();
  for (const text of ['x', 'y']) two.defer(() => Promise.reject(new Error(text)));
  await assert.rejects(two.close(), (error) => {
    assert.ok(error instanceof Fault && error.code === 'INTERNAL' && error.cause instanceof AggregateError);
    assert.deepEqual(
      error.cause.errors.map((each) => (each as Error).message),
      ['y', 'x'],
    );
    return true;
  });
});
