import { fail } from '../../core/index.js';
import {
  LogSettingsRequestSchema,
  LogSettingsResponseSchema,
  type ModelRepositoryParameter,
  RepositoryModelLoadRequestSchema,
  RepositoryModelLoadResponseSchema,
  RepositoryModelUnloadRequestSchema,
  RepositoryModelUnloadResponseSchema,
  TraceSettingRequestSchema,
  TraceSettingResponseSchema,
} from '../../wire/index.js';
import type { LoadOverrides } from '../port.js';
import type { SettingValue } from '../settings.js';
import { unary, type UnaryMethod } from './calls.js';

type LoadParameters = Readonly<Record<string, ModelRepositoryParameter>>;

function overridesOf(parameters: LoadParameters): LoadOverrides {
  let config: string | undefined;
  const files = new Map<string, Uint8Array>();
  for (const [name, { parameterChoice: choice }] of Object.entries(parameters)) {
    const wrong = (kind: string): never => fail('INVALID_ARGUMENT', `invalid value type for load parameter '${name}', expected ${kind}_param.`);
    if (name === 'config') config = choice.case === 'stringParam' ? choice.value : wrong('string');
    else if (name.startsWith('file:')) files.set(name.slice('file:'.length), choice.case === 'bytesParam' ? choice.value : wrong('bytes'));
    else fail('INVALID_ARGUMENT', `unrecognized load parameter '${name}'.`);
  }
  return { ...(config !== undefined && { config }), ...(files.size > 0 && { files }) };
}

function dependentsOf(parameters: LoadParameters): boolean {
  const choice = parameters['unload_dependents']?.parameterChoice;
  if (choice === undefined) return false;
  return choice.case === 'boolParam'
    ? choice.value
    : fail('INVALID_ARGUMENT', "invalid value type for 'unload_dependents' parameter, expected bool_param.");
}

const refuseNamed = (repository: string): void => {
  if (repository !== '') fail('UNSUPPORTED', "'repository_name' specification is not supported");
};

function settingOf(name: string, value: SettingValue | undefined): SettingValue {
  return value ?? fail('INVALID_ARGUMENT', `expect a value for '${name}'`);
}

const toldSetting = (value: SettingValue) => {
  if (typeof value === 'boolean') return { parameterChoice: { case: 'boolParam', value } } as const;
  if (typeof value === 'number') return { parameterChoice: { case: 'uint32Param', value } } as const;
  return { parameterChoice: { case: 'stringParam', value } } as const;
};

/** Methods that change the server: models, trace, logging. */
export const CONTROL_METHODS: readonly UnaryMethod[] = [
  unary('RepositoryModelLoad', 'model-repository', [RepositoryModelLoadRequestSchema, RepositoryModelLoadResponseSchema], async (server, request) => {
    refuseNamed(request.repositoryName);
    await server.load(request.modelName, overridesOf(request.parameters));
    return {};
  }),
  unary(
    'RepositoryModelUnload',
    'model-repository',
    [RepositoryModelUnloadRequestSchema, RepositoryModelUnloadResponseSchema],
    async (server, request) => {
      refuseNamed(request.repositoryName);
      await server.unload(request.modelName, dependentsOf(request.parameters));
      return {};
    },
  ),
  unary('TraceSetting', 'trace', [TraceSettingRequestSchema, TraceSettingResponseSchema], async (server, { modelName, settings }) => {
    if (modelName !== '' && !(await server.modelReady(modelName, ''))) fail('INVALID_ARGUMENT', `Request for unknown model : ${modelName}`);
    // An empty list clears a setting.
    const changes = Object.entries(settings).map(([name, { value }]) => [name, value.length === 0 ? null : value] as const);
    await server.trace.update(modelName, new Map(changes));
    return { settings: Object.fromEntries([...(await server.trace.of(modelName))].map(([name, value]) => [name, { value: [...value] }])) };
  }),
  unary('LogSettings', 'logging', [LogSettingsRequestSchema, LogSettingsResponseSchema], async (server, { settings }) => {
    const changes = Object.entries(settings).map(
      ([
        name,
        {
          parameterChoice: { value },
        },
      ]) => [name, settingOf(name, value)] as const,
    );
    await server.log.update(new Map(changes));
    return { settings: Object.fromEntries([...(await server.log.all())].map(([name, value]) => [name, toldSetting(value)])) };
  }),
];
