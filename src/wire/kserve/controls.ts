import { fail } from '../../core/index.js';
import { NO_CONTROLS, type InferControls, type Parameters, type ParameterValue } from '../infer.js';
import { asBoolean, asString, asUnsigned } from './access.js';
import type { JsonObject, JsonValue } from './json.js';

interface HttpControls {
  readonly controls: InferControls;
  readonly parameters: Parameters;
  readonly binaryOutput: boolean;
}

/** In parameters integers are bigints, so 1.0 is none. */
const asWhole = (value: JsonValue, what: string): bigint => asUnsigned(typeof value === 'bigint' ? value : null, what);

const READ: Readonly<Record<string, (value: JsonValue, what: string) => Partial<InferControls>>> = {
  sequence_id: (value, what) => ({ sequenceId: typeof value === 'bigint' && value >= 0n ? asUnsigned(value, what) : asString(value, what) }),
  sequence_start: (value, what) => ({ sequenceStart: asBoolean(value, what) }),
  sequence_end: (value, what) => ({ sequenceEnd: asBoolean(value, what) }),
  priority: (value, what) => ({ priority: asWhole(value, what) }),
  timeout: (value, what) => ({ timeoutMicroseconds: asWhole(value, what) }),
};

const isParameter = (value: JsonValue): value is ParameterValue => value !== null && typeof value !== 'object';

/** Reads the member `parameters` of a request. @throws Fault INTERNAL or INVALID_ARGUMENT in Triton's words */
export function readControls(members: JsonValue | undefined): HttpControls {
  if (members === undefined) return { controls: NO_CONTROLS, parameters: new Map(), binaryOutput: false };
  if (!(members instanceof Map)) fail('INTERNAL', 'failed to get request params.: attempt to get members for non-object');
  let controls: InferControls | undefined;
  const parameters = new Map<string, ParameterValue>();
  let binaryOutput = false;
  for (const [key, value] of members as JsonObject) {
    const what = `Unable to parse '${key}'`;
    const read = Object.hasOwn(READ, key) ? READ[key] : undefined;
    if (read) Object.assign((controls ??= { ...NO_CONTROLS }), read(value, what));
    else if (key === 'binary_data_output') binaryOutput = asBoolean(value, what);
    else if (key.startsWith('triton_'))
      fail('INVALID_ARGUMENT', "parameter keys starting with 'triton_' are reserved for Triton usage and should not be specified.");
    else if (isParameter(value)) parameters.set(key, value);
    else fail('INVALID_ARGUMENT', `parameter '${key}' has invalid type. It should be either 'int', 'bool', or 'string'.`);
  }
  return { controls: controls ?? NO_CONTROLS, parameters, binaryOutput };
}

/** A request's `parameters`, as they travel. */
export function joinControls({ controls, parameters, binaryOutput }: HttpControls): ReadonlyMap<string, ParameterValue> {
  const all = new Map<string, ParameterValue>();
  if (controls.sequenceId !== undefined) {
    all.set('sequence_id', controls.sequenceId);
    all.set('sequence_start', controls.sequenceStart);
    all.set('sequence_end', controls.sequenceEnd);
  }
  if (controls.priority !== 0n) all.set('priority', controls.priority);
  if (controls.timeoutMicroseconds !== 0n) all.set('timeout', controls.timeoutMicroseconds);
  if (binaryOutput) all.set('binary_data_output', true);
  for (const [key, value] of parameters) all.set(key, value);
  return all;
}
