import { constants } from 'node:fs';
import { access, open, stat, statfs, unlink } from 'node:fs/promises';
import { dirname, extname, resolve } from 'node:path';
import { Fault, fail } from '../../core/index.js';

/** A container that can be written. */
export interface Container {
  /** libav's name of the muxer. */
  readonly name: 'mp4' | 'matroska';
  /** Sound that it takes as it is, by libav's codec names; anything when absent. */
  readonly sound?: readonly string[];
}

const MP4: Container = { name: 'mp4', sound: ['aac', 'mp3', 'ac3', 'eac3', 'opus', 'flac', 'alac'] };
const MATROSKA: Container = { name: 'matroska' };
const CONTAINERS: Readonly<Record<string, Container>> = { '.mp4': MP4, '.m4v': MP4, '.mov': MP4, '.mkv': MATROSKA };

/** The container that the name of a file asks for. @throws Fault INVALID_ARGUMENT */
export function containerOf(path: string): Container {
  const known = Object.keys(CONTAINERS).join(', ');
  return CONTAINERS[extname(path).toLowerCase()] ?? fail('INVALID_ARGUMENT', `${path}: the name of a video to write must end in one of ${known}`);
}

/** Less free space than this is a full disk. */
const ROOM_BYTES = 1 << 20;

const CAUSES: Readonly<Record<string, string>> = {
  ENOENT: 'its folder does not exist; create it first',
  ENOTDIR: 'a part of its path is not a folder',
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EROFS: 'the file system is read-only',
  EISDIR: 'is a folder; name a file',
  ENOSPC: 'the disk is full',
};

/** What an error of the file system means for an output. */
export function outputFault(path: string, error: unknown): Fault {
  if (error instanceof Fault) return error;
  const { code = '', message } = error as NodeJS.ErrnoException;
  return new Fault('OUTPUT_FAILED', `${path}: ${CAUSES[code] ?? message}`, { cause: error });
}

/**
 * Makes sure, before any work, that `path` can be written, and leaves an empty file there. Answers with the way to take it away again.
 * @throws Fault ALREADY_EXISTS without `overwrite`, OUTPUT_FAILED
 */
export async function claimOutput(path: string, overwrite: boolean): Promise<() => Promise<void>> {
  const there = await stat(path).catch(() => undefined);
  if (there?.isDirectory()) fail('OUTPUT_FAILED', `${path}: ${CAUSES['EISDIR']}`);
  if (there && !overwrite) fail('ALREADY_EXISTS', `${path} exists already; ask for overwrite to replace it`);
  try {
    const folder = dirname(resolve(path));
    await access(folder, constants.F_OK);
    const { bavail, bsize } = await statfs(folder);
    if (bavail * bsize < ROOM_BYTES) fail('OUTPUT_FAILED', `${path}: the disk is full (${bavail * bsize} bytes left)`);
    await (await open(path, 'w')).close();
  } catch (error) {
    throw outputFault(path, error);
  }
  return async () => {
    await unlink(path).catch(() => {});
  };
}
