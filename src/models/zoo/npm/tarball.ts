import pacote from 'pacote';
import type { NpmSource } from '../port.js';
import type { NpmSettings } from './config.js';

/** Where a package's tarball lies, as the user's registry says. */
export interface Tarball {
  readonly url: string;
  /** The registry's own word on its bytes, where it gives one. */
  readonly integrity: string | undefined;
}

/** Asks the registry of the user's settings for the address of the pinned version. Rejects with npm's own error, one request, no retry. */
export async function findTarball(source: Pick<NpmSource, 'package' | 'version'>, settings: NpmSettings, signal: AbortSignal): Promise<Tarball> {
  const options = { ...settings, retry: { retries: 0 }, signal } as unknown as pacote.Options;
  const { _resolved: url, _integrity: integrity } = await pacote.manifest(`${source.package}@${source.version}`, options);
  return { url, integrity };
}
