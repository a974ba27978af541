import { fail } from '../core/index.js';
import type { Awaitable } from './port.js';

/** A value of a log setting. */
export type SettingValue = boolean | number | string;

/** What is logged, as clients read and write it. */
export interface LogControl {
  all(): Awaitable<ReadonlyMap<string, SettingValue>>;
  /** Unknown names fail. @throws Fault INVALID_ARGUMENT in Triton's words, nothing changed then */
  update(changes: ReadonlyMap<string, SettingValue>): Awaitable<void>;
}

/** Trace settings as clients read and write them; a model without its own follows the server's. */
export interface TraceControl {
  of(model: string): Awaitable<ReadonlyMap<string, readonly string[]>>;
  /** Null clears a setting, so that it is the server's (or, of the server, the start's) again. Model '' is the server. */
  update(model: string, changes: ReadonlyMap<string, readonly string[] | null>): Awaitable<void>;
}

/** What this process logs. */
export interface LogSettings extends LogControl {
  all(): ReadonlyMap<string, SettingValue>;
  update(changes: ReadonlyMap<string, SettingValue>): void;
}

/** What this process traces. */
export interface TraceSettings extends TraceControl {
  /** Whether anything at all is traced. */
  readonly enabled: boolean;
  of(model: string): ReadonlyMap<string, readonly string[]>;
  update(model: string, changes: ReadonlyMap<string, readonly string[] | null>): void;
}

const LOG_DEFAULTS: readonly (readonly [string, SettingValue])[] = [
  ['log_file', ''],
  ['log_info', true],
  ['log_warning', true],
  ['log_error', true],
  ['log_verbose_level', 0],
  ['log_format', 'default'],
];

function checkLog(name: string, value: SettingValue): void {
  if (name === 'log_file') fail('UNSUPPORTED', 'log file location can not be updated through network protocol');
  const wanted = LOG_DEFAULTS.find(([known]) => known === name)?.[1] ?? fail('INVALID_ARGUMENT', `unexpected log setting '${name}'`);
  if (typeof value !== typeof wanted) fail('INVALID_ARGUMENT', `expect ${typeof wanted} for log setting '${name}', got ${typeof value}`);
  if (name === 'log_format' && value !== 'default' && value !== 'ISO8601')
    fail('UNAVAILABLE', `invalid argument for --log_format, got: ${String(value)}`);
}

/** Log settings with `start` in place of the defaults; `changed` hears of every update. */
export function createLogSettings(
  start: Readonly<Record<string, SettingValue>> = {},
  changed: (all: ReadonlyMap<string, SettingValue>) => void = () => {},
): LogSettings {
  const values = new Map<string, SettingValue>(LOG_DEFAULTS.map(([name, value]) => [name, start[name] ?? value]));
  return {
    all: () => values,
    update(changes) {
      for (const [name, value] of changes) checkLog(name, value);
      for (const [name, value] of changes) values.set(name, value);
      changed(values);
    },
  };
}

const TRACE_DEFAULTS: readonly (readonly [string, readonly string[]])[] = [
  ['trace_file', ['']],
  ['trace_level', ['OFF']],
  ['trace_rate', ['1000']],
  ['trace_count', ['-1']],
  ['log_frequency', ['0']],
  ['trace_mode', ['triton']],
];
const LEVELS = new Set(['OFF', 'TIMESTAMPS', 'TENSORS']);

function checkTrace(name: string, value: readonly string[]): void {
  if (name === 'trace_file') fail('UNSUPPORTED', 'trace file location can not be updated through network protocol');
  if (name === 'trace_mode' || !TRACE_DEFAULTS.some(([known]) => known === name)) fail('INVALID_ARGUMENT', `unexpected trace setting: ${name}`);
  if (name === 'trace_level') {
    const wrong = value.find((level) => !LEVELS.has(level));
    if (wrong !== undefined) fail('INVALID_ARGUMENT', `Unable to parse '${name}', got: ${wrong}`);
    if (value.includes('OFF') && value.length > 1) fail('INVALID_ARGUMENT', `Unable to parse '${name}', OFF must be the only level`);
    return;
  }
  if (value.length !== 1) fail('INVALID_ARGUMENT', `expect only 1 value for '${name}', got ${value.length}`);
  if (!/^-?\d+$/.test(value[0]!)) fail('INVALID_ARGUMENT', `Unable to parse '${name}', got: ${value[0]}`);
}

/** Trace settings with `start` in place of the defaults. */
export function createTraceSettings(start: Readonly<Record<string, readonly string[]>> = {}): TraceSettings {
  const initial = new Map(TRACE_DEFAULTS.map(([name, value]) => [name, start[name] ?? value]));
  const global = new Map(initial);
  const models = new Map<string, Map<string, readonly string[]>>();
  const isOn = (settings: ReadonlyMap<string, readonly string[]>): boolean => (settings.get('trace_level')?.[0] ?? 'OFF') !== 'OFF';
  let enabled = isOn(global);
  return {
    get enabled() {
      return enabled;
    },
    of: (model) => new Map([...global, ...(models.get(model) ?? [])]),
    update(model, changes) {
      for (const [name, value] of changes) if (value !== null) checkTrace(name, value);
      const level = changes.get('trace_level');
      if (level && level[0] !== 'OFF' && (global.get('trace_file')?.[0] ?? '') === '')
        fail('INVALID_ARGUMENT', 'Attempting to set invalid trace setting :trace file name is not given');
      const own = model === '' ? global : (models.get(model) ?? new Map<string, readonly string[]>());
      for (const [name, value] of changes) {
        if (value !== null) own.set(name, value);
        else if (model === '') own.set(name, initial.get(name) ?? []);
        else own.delete(name);
      }
      if (model !== '') models.set(model, own);
      enabled = isOn(global) || [...models.values()].some(isOn);
    },
  };
}
