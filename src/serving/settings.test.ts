import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLogSettings, createTraceSettings } from './settings.js';

test('log settings change together or not at all', () => {
  const heard: unknown[] = [];
  const settings = createLogSettings({ log_verbose_level: 2 }, (all) => heard.push(all.get('log_info')));
  assert.throws(
    () =>
      settings.update(
        new Map<string, boolean | string>([
          ['log_info', false],
          ['log_format', 'x'],
        ]),
      ),
    /invalid argument for --log_format, got: x/,
  );
  assert.equal(settings.all().get('log_info'), true);
  settings.update(new Map([['log_info', false]]));
  assert.deepEqual([...settings.all()].slice(0, 2), [
    ['log_file', ''],
    ['log_info', false],
  ]);
  assert.deepEqual(heard, [false]);
  assert.throws(() => settings.update(new Map([['log_file', 'x']])), { code: 'UNSUPPORTED' });
  assert.throws(() => settings.update(new Map([['log_warnings', true]])), /unexpected log setting/);
  assert.throws(() => settings.update(new Map([['log_error', 1]])), /expect boolean for log setting 'log_error', got number/);
});

test("a model's trace settings lie over the server's, and null takes them away", () => {
  const settings = createTraceSettings({ trace_rate: ['10'] });
  settings.update('m', new Map([['trace_rate', ['5']]]));
  settings.update('', new Map([['trace_count', ['7']]]));
  assert.deepEqual([settings.of('m').get('trace_rate'), settings.of('m').get('trace_count')], [['5'], ['7']]);
  assert.deepEqual(settings.of('other').get('trace_rate'), ['10']);
  settings.update('m', new Map([['trace_rate', null]]));
  settings.update('', new Map([['trace_count', null]]));
  assert.deepEqual([settings.of('m').get('trace_rate'), settings.of('').get('trace_count')], [['10'], ['-1']]);
});

test('wrong trace settings are refused', () => {
  const settings = createTraceSettings();
  const refused = (name: string, values: readonly string[], text: RegExp): void =>
    assert.throws(() => settings.update('', new Map([[name, values]])), text);
  refused('trace_level', ['TIMESTAMPS', 'MOST'], /got: MOST/);
  refused('trace_level', ['OFF', 'TENSORS'], /only/);
  refused('trace_rate', ['a'], /Unable to parse 'trace_rate', got: a/);
  refused('trace_rate', ['1', '2'], /expect only 1 value for 'trace_rate', got 2/);
  refused('trace_file', ['x'], /can not be updated through network protocol/);
  refused('nothing', ['x'], /unexpected trace setting: nothing/);
});
