import { posix, win32 } from 'node:path';

/** Environment variables, as a process gets them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Folder for downloaded models: `OCELLUS_CACHE`, or what the platform's convention says (`XDG_CACHE_HOME`, `~/Library/Caches`, `%LOCALAPPDATA%`).
 * Pure: all that decides is an argument. `platform` is one of Node's names, `home` the user's folder.
 */
export function cacheFolder(env: Environment, platform: string, home: string): string {
  const path = platform === 'win32' ? win32 : posix;
  const own = env['OCELLUS_CACHE'];
  if (own) return own;
  if (platform === 'win32') return path.join(env['LOCALAPPDATA'] || path.join(home, 'AppData', 'Local'), 'ocellus', 'Cache');
  if (platform === 'darwin') return path.join(home, 'Library', 'Caches', 'ocellus');
  const xdg = env['XDG_CACHE_HOME'];
  // The XDG specification says that a relative path is to be ignored.
  return path.join(xdg && path.isAbsolute(xdg) ? xdg : path.join(home, '.cache'), 'ocellus');
}

/** Folder of ready models that the user keeps (`OCELLUS_MODEL_MIRROR`), or undefined. */
export function mirrorFolder(env: Environment): string | undefined {
  return env['OCELLUS_MODEL_MIRROR'] || undefined;
}

/** Where each kind of file lies below the cache folder. `join` is that of the machine's paths. */
export const CACHE_LAYOUT = {
  /** Finished ONNX files. */
  models: 'models',
  /** Source files of models that are converted, below `package@version`. */
  sources: 'sources',
  /** Unfinished downloads and locks. */
  downloads: 'downloads',
  /** Runtimes that npm did not install. */
  runtimes: 'runtimes',
  /** Archives being unpacked; emptied after each import. */
  staging: 'staging',
} as const;
