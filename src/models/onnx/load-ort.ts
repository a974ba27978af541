import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as Ort from 'onnxruntime-node';
import { fail } from '../../core/index.js';
import { firstLine } from './providers.js';

/** Loads the native runtime: the installed one, or the one in the folder `binding`. @throws Fault UNSUPPORTED that says what to type */
export async function loadOrt(binding?: string): Promise<typeof Ort> {
  try {
    const ort = binding === undefined ? await import('onnxruntime-node') : await loadFrom(binding);
    ort.env.logLevel = 'error';
    return ort;
  } catch (error) {
    return fail('UNSUPPORTED', notInstalled(error), error);
  }
}

async function loadFrom(folder: string): Promise<typeof Ort> {
  const { default: ort } = (await import(pathToFileURL(join(folder, 'dist', 'index.js')).href)) as { readonly default: typeof Ort };
  return ort;
}

/** The text for a runtime that does not load. */
export function notInstalled(error: unknown, platform = `${process.platform}-${process.arch}`): string {
  return (
    `onnxruntime-node does not load on ${platform}: ${firstLine(error)}. Install it again without its install script, which fetches CUDA files ` +
    'and fails behind a firewall: npm install --ignore-scripts (or set ONNXRUNTIME_NODE_INSTALL=skip)'
  );
}

/** Whether a provider's library was put beside the package later. */
export function libraryOnDisk(provider: string, binding?: string): boolean {
  const root = binding ?? dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'));
  const [prefix, suffix] = process.platform === 'win32' ? ['', '.dll'] : ['lib', process.platform === 'darwin' ? '.dylib' : '.so'];
  return existsSync(join(root, 'bin', 'napi-v6', process.platform, process.arch, `${prefix}onnxruntime_providers_${provider}${suffix}`));
}

/** Version of the runtime and the providers that this package of it can use. @throws Fault UNSUPPORTED */
export async function aboutOnnxRuntime(binding?: string): Promise<{ readonly version: string; readonly providers: readonly string[] }> {
  const ort = await loadOrt(binding);
  const providers = ort.listSupportedBackends().filter(({ name, bundled }) => bundled || libraryOnDisk(name, binding));
  return { version: ort.env.versions.node ?? ort.env.versions.common, providers: providers.map(({ name }) => name) };
}
