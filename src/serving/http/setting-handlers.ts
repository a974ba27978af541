import { fail } from '../../core/index.js';
import { type JsonObject, type JsonValue, writeJson } from '../../wire/index.js';
import type { SettingValue } from '../settings.js';
import { guarded, type Handler } from './context.js';

const TRACE_KEYS = new Set(['trace_file', 'trace_level', 'trace_rate', 'trace_count', 'log_frequency']);

function traceChange(value: JsonValue): readonly string[] | null {
  if (value === null) return null;
  const values = Array.isArray(value) ? (value as readonly JsonValue[]) : [value];
  return values.map((one) => (typeof one === 'string' ? one : fail('INTERNAL', 'attempt to access JSON non-string as string')));
}

/** Unknown names are ignored here, as Triton does. */
const traceChanges = (body: JsonObject): Map<string, readonly string[] | null> =>
  new Map([...body].filter(([name]) => TRACE_KEYS.has(name)).map(([name, value]) => [name, traceChange(value)]));

/** Trace settings of the server or of a model. */
export const traceSetting: Handler = guarded('trace', async (exchange, { server }, [model = '']) => {
  exchange.only('GET', 'POST');
  if (model !== '' && !(await server.modelReady(model, ''))) fail('INVALID_ARGUMENT', `Request for unknown model : ${model}`);
  if (exchange.method === 'POST') await server.trace.update(model, traceChanges(await exchange.json()));
  const told = [...(await server.trace.of(model))].map(([name, values]) => [name, name === 'trace_level' ? values : (values[0] ?? '')] as const);
  exchange.replyJson(writeJson(new Map(told)));
});

const LOG_TYPES: Readonly<Record<string, 'boolean' | 'number' | 'string'>> = {
  log_file: 'string',
  log_info: 'boolean',
  log_warning: 'boolean',
  log_error: 'boolean',
  log_verbose_level: 'number',
  log_format: 'string',
};

function logChange(name: string, value: JsonValue): SettingValue {
  const wanted = LOG_TYPES[name];
  if (wanted === 'number' && (typeof value !== 'number' || !Number.isInteger(value) || value < 0))
    fail('INTERNAL', 'attempt to access JSON non-unsigned-integer as unsigned-integer');
  if (typeof value !== wanted) fail('INTERNAL', `attempt to access JSON non-${wanted} as ${wanted}`);
  return value as SettingValue;
}

/** What is logged. */
export const logging: Handler = guarded('logging', async (exchange, { server }) => {
  exchange.only('GET', 'POST');
  if (exchange.method === 'POST') {
    const body = await exchange.json();
    const known = [...body].filter(([name, value]) => Object.hasOwn(LOG_TYPES, name) && value !== null);
    await server.log.update(new Map(known.map(([name, value]) => [name, logChange(name, value)])));
  }
  exchange.replyJson(writeJson(await server.log.all()));
});
