import { fail } from '../../core/index.js';
import { type JsonObject, type JsonValue, writeJson } from '../../wire/index.js';
import type { LoadOverrides } from '../port.js';
import { guarded, type Handler } from './context.js';

const BASE64 = /^(?:[A-Za-z\d+/]{4})*(?:[A-Za-z\d+/]{2}(?:==)?|[A-Za-z\d+/]{3}=?)?$/;

const refuseNamed = (repository: string | undefined): void => {
  if (repository !== undefined) fail('UNSUPPORTED', "'repository_name' specification is not supported");
};

/** The models of the repositories, and how they are. Triton does not look at the name of a repository here. */
export const repositoryIndex: Handler = guarded('model-repository', async (exchange, { server }) => {
  exchange.only('POST');
  const ready = (await exchange.json()).get('ready') ?? false;
  if (typeof ready !== 'boolean') return fail('INVALID_ARGUMENT', "Invalid value for 'ready': expected a boolean");
  const rows = await server.index(ready);
  const told = rows.map(({ name, version, state, reason }) => ({
    name,
    version: version === '' ? undefined : version,
    state: state === '' ? undefined : state,
    reason: reason === '' ? undefined : reason,
  }));
  exchange.replyJson(writeJson(told));
});

function parametersOf(body: JsonObject): JsonObject {
  const parameters: JsonValue = body.get('parameters') ?? new Map();
  return parameters instanceof Map ? (parameters as JsonObject) : fail('INTERNAL', 'attempt to get members for non-object');
}

function overridesOf(parameters: JsonObject): LoadOverrides {
  let config: string | undefined;
  const files = new Map<string, Uint8Array>();
  for (const [name, value] of parameters) {
    if (typeof value !== 'string') return fail('INTERNAL', 'attempt to access JSON non-string as string');
    if (name === 'config') config = value;
    else if (!name.startsWith('file:')) fail('INTERNAL', 'unexpected error on creating Triton parameter');
    else if (!BASE64.test(value)) fail('INVALID_ARGUMENT', `Unable to decode base64 of '${name}'`);
    else files.set(name.slice('file:'.length), Buffer.from(value, 'base64'));
  }
  return { ...(config !== undefined && { config }), ...(files.size > 0 && { files }) };
}

/** Loads a model, as its folder or the request says. */
export const loadModel: Handler = guarded('model-repository', async (exchange, { server }, [repository, name = '']) => {
  exchange.only('POST');
  refuseNamed(repository);
  await server.load(name, overridesOf(parametersOf(await exchange.json())));
  exchange.reply(200);
});

/** Unloads a model. */
export const unloadModel: Handler = guarded('model-repository', async (exchange, { server }, [repository, name = '']) => {
  exchange.only('POST');
  refuseNamed(repository);
  const dependents = parametersOf(await exchange.json()).get('unload_dependents') ?? false;
  if (typeof dependents !== 'boolean') return fail('INTERNAL', "Unable to parse 'unload_dependents': attempt to access JSON non-boolean as boolean");
  await server.unload(name, dependents);
  exchange.reply(200);
});
