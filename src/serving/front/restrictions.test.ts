import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault } from '../../core/index.js';
import { type AccessRules, type ApiCategory, checkAccess, checkRestrictions, parseRestriction } from './restrictions.js';

const check = (rules: AccessRules, category: ApiCategory, headers: Readonly<Record<string, string>>): void =>
  checkAccess(
    rules,
    category,
    (name) => headers[name],
    (key) => new Fault('PERMISSION_DENIED', `expecting header '${key}'`),
  );

test('a restriction is read as the command line has it', () => {
  assert.deepEqual(parseRestriction('health,model-config:admin=s=x'), { categories: ['health', 'model-config'], key: 'admin', value: 's=x' });
  assert.throws(() => parseRestriction('health'), /write categories:header=value/);
  assert.throws(() => parseRestriction('helth:a=b'), /unknown restricted api 'helth'/);
  assert.throws(() => checkRestrictions([parseRestriction('health:a=b'), parseRestriction('health,trace:c=d')]), /multiple config groups/);
});

test('a restricted category needs its header, the others none', () => {
  const rules = { restrictions: [parseRestriction('inference:key=secret')] };
  check(rules, 'metadata', {});
  check(rules, 'inference', { key: 'secret' });
  for (const value of ['', 'secre', 'secrets', 'SECRET']) assert.throws(() => check(rules, 'inference', { key: value }), /expecting header 'key'/);
});

test('a token opens all but health', () => {
  const rules = { restrictions: [], token: 'abc' };
  check(rules, 'health', {});
  check(rules, 'inference', { authorization: 'Bearer abc' });
  for (const authorization of ['', 'abc', 'Bearer abcd', 'Basic abc'])
    assert.throws(() => check(rules, 'inference', { authorization }), { code: 'UNAUTHENTICATED' });
});
