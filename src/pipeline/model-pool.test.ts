import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault } from '../core/index.js';
import { ModelPool } from './model-pool.js';
import { engineOf, models } from './run.test.support.js';

test('the same model with the same options is loaded once, and closed with its last user', async () => {
  const engine = engineOf();
  const pool = new ModelPool(engine);
  const definition = await models.named('boxes');
  const [one, two, other] = await Promise.all([pool.lease(definition, {}), pool.lease(definition, {}), pool.lease(definition, { maxBatch: 4 })]);
  assert.equal(one.model, two.model);
  assert.notEqual(one.model, other.model);
  assert.equal(engine.loads.length, 2);
  await one.release();
  await one.release();
  assert.equal(engine.models.length, 2);
  await two.release();
  assert.equal(engine.models.length, 1);
  // Whoever comes afterwards gets a fresh one.
  const again = await pool.lease(definition, {});
  assert.equal(engine.loads.length, 3);
  await again.release();
  await other.release();
  assert.equal(engine.models.length, 0);
});

test('a model that cannot be loaded fails everyone who waits for it, and may be tried again', async () => {
  const engine = engineOf();
  let fails = true;
  const flaky = {
    ...engine,
    load: (...args: Parameters<typeof engine.load>) => (fails ? Promise.reject(new Fault('NOT_FOUND', 'no such file')) : engine.load(...args)),
  };
  const pool = new ModelPool(flaky);
  const definition = await models.named('boxes');
  const both = await Promise.allSettled([pool.lease(definition, {}), pool.lease(definition, {})]);
  assert.deepEqual(both.map(({ status }) => status), ['rejected', 'rejected']); // prettier-ignore
  fails = false;
  await (await pool.lease(definition, {})).release();
});
