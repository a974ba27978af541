import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SYNTHETIC_VARIATIONS } from '../eye-contact/evaluation.js';
import type { CliContext } from './context.js';
import { evalCommand } from './eval.js';

test('--only takes the axes that the drawn faces differ in', () => {
  const [eyeContact] = evalCommand({} as CliContext).commands;
  const only = eyeContact!.options.find(({ long }) => long === '--only');
  assert.deepEqual(only!.argChoices, [...new Set(SYNTHETIC_VARIATIONS.map(({ axis }) => axis))]);
});
