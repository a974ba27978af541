import { fail } from '../core/index.js';

/** What the environment of a NIM says to the eye-contact service; what it does not say is absent. */
export interface EyeContactEnvironment {
  readonly httpPort?: number;
  readonly grpcPort?: number;
  readonly callsPerDevice?: number;
  readonly maxFileBytes?: number;
  readonly tls?: { readonly certPath: string; readonly keyPath: string; readonly caPath?: string };
}

type Env = Readonly<Record<string, string | undefined>>;

/** The first of `names` that is set, as a whole number from `least`. */
function numberOf(env: Env, least: number, ...names: readonly string[]): number | undefined {
  const name = names.find((each) => (env[each] ?? '').trim() !== '');
  if (name === undefined) return undefined;
  const value = Number(env[name]);
  return Number.isSafeInteger(value) && value >= least
    ? value
    : fail('CONFIG_INVALID', `${name} must be a whole number of at least ${least}, not "${env[name]}"`);
}

function tlsOf(env: Env): EyeContactEnvironment['tls'] {
  const mode = (env['NIM_SSL_MODE'] ?? 'disabled').trim().toLowerCase();
  if (mode === 'disabled' || mode === '') return undefined;
  if (mode !== 'tls' && mode !== 'mtls') return fail('CONFIG_INVALID', `NIM_SSL_MODE must be disabled, tls or mtls, not "${mode}"`);
  const needed = ['NIM_SSL_CERT_PATH', 'NIM_SSL_KEY_PATH', ...(mode === 'mtls' ? ['NIM_SSL_CA_CERTS_PATH'] : [])];
  const missing = needed.filter((name) => !env[name]);
  if (missing.length > 0) fail('CONFIG_INVALID', `NIM_SSL_MODE=${mode} needs ${missing.join(' and ')}`);
  const [certPath, keyPath, caPath] = needed.map((name) => env[name]!);
  return { certPath: certPath!, keyPath: keyPath!, ...(caPath !== undefined && { caPath }) };
}

/** Only what was said, so that defaults stay in one place. */
const said = <T extends object>(values: T): Partial<T> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>;

/** Reads the variables of a NIM; of the two names for concurrency, the newer counts. @throws Fault CONFIG_INVALID naming the variable */
export const eyeContactEnvironment = (env: Env): EyeContactEnvironment =>
  said({
    httpPort: numberOf(env, 0, 'NIM_HTTP_API_PORT'),
    grpcPort: numberOf(env, 0, 'NIM_GRPC_API_PORT'),
    callsPerDevice: numberOf(env, 1, 'NV_AI4M_MAX_CONCURRENCY_PER_GPU', 'MAXINE_MAX_CONCURRENCY_PER_GPU'),
    maxFileBytes: numberOf(env, 1, 'FILE_SIZE_LIMIT'),
    tls: tlsOf(env),
  }) as EyeContactEnvironment;
