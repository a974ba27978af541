import { dirname, join } from 'node:path';
import Config from '@npmcli/config';
import npm from '@npmcli/config/lib/definitions/index.js';
import { toFault } from '../../../core/index.js';
import type { Environment } from '../places.js';

/** The user's npm settings in the flat form that npm's own libraries take: registries, scopes, credentials, proxies, certificates. */
export type NpmSettings = Readonly<Record<string, unknown>>;

/** Where npm's settings are read from. */
export interface NpmPlace {
  /** The project's `.npmrc` is looked for from here upwards. */
  readonly cwd: string;
  /** Gives `HOME`, `npm_config_*` and what `.npmrc` files name as `${NAME}`; not changed. */
  readonly env: Environment;
}

/** npm beside the running Node: its `npmrc` holds what a distribution preset. */
function npmBeside(execPath: string, platform: string): string {
  return platform === 'win32' ? join(dirname(execPath), 'node_modules', 'npm') : join(dirname(execPath), '..', 'lib', 'node_modules', 'npm');
}

/** The flat settings. Making them, npm's library sets a variable of this process for children of npm; it is put back, since ours are none. */
function flatten(config: Config): NpmSettings {
  const before = process.env['npm_config_user_agent'];
  const flat = { ...config.flat };
  if (before === undefined) delete process.env['npm_config_user_agent'];
  else process.env['npm_config_user_agent'] = before;
  return flat;
}

/**
 * Reads npm's settings as npm itself would in that place: built-in, global, user and project `.npmrc`, then `npm_config_*`.
 * @throws Fault CONFIG_INVALID when a file cannot be understood
 */
export async function readNpmSettings({ cwd, env }: NpmPlace): Promise<NpmSettings> {
  try {
    // The reader writes into the environment it is given, hence a copy; and argv is not npm's, hence none.
    const config = new Config({ ...npm, npmPath: npmBeside(process.execPath, process.platform), argv: [], env: { ...env }, cwd, warn: false });
    await config.load();
    return flatten(config);
  } catch (error) {
    throw toFault(error, 'CONFIG_INVALID', `npm's settings cannot be read (from ${cwd}): `);
  }
}
