import { open, readFile, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fail, toFault } from '../../../core/index.js';
import { type GalleryKey, KeyRing, type KeyNotice } from './seal.js';

/** Says which file of a gallery's folder holds the faces, and how the folder is encrypted. */
export interface Manifest {
  readonly format: 'ocellus-gallery';
  readonly version: 1;
  /** Name of the file with the faces. */
  readonly records: string;
  readonly key?: KeyNotice;
}

const NAME = 'gallery.json';
const RECORDS = /^faces-(\d+)\.records$/;

/** The name of the file with the faces, the next time that it is written anew. */
export function nextRecords(manifest?: Manifest): string {
  return `faces-${Number(RECORDS.exec(manifest?.records ?? '')?.[1] ?? 0) + 1}.records`;
}

/** The manifest of a folder; undefined when it has none. @throws Fault INPUT_CORRUPT, UNSUPPORTED */
export async function readManifest(folder: string): Promise<Manifest | undefined> {
  const path = join(folder, NAME);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw toFault(error, 'UNAVAILABLE', `cannot read ${path}: `);
  }
  const manifest = parsed(path, text);
  if (manifest.format !== 'ocellus-gallery' || !RECORDS.test(manifest.records ?? ''))
    fail('INPUT_CORRUPT', `${path} is not the manifest of a face gallery`);
  if (manifest.version !== 1) fail('UNSUPPORTED', `${path} has version ${String(manifest.version)}; this Ocellus reads version 1`);
  return manifest as Manifest;
}

function parsed(path: string, text: string): Partial<Manifest> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch (error) {
    return fail('INPUT_CORRUPT', `${path} is not JSON`, error);
  }
}

/** Puts a manifest in place of the one before, whole or not at all. @throws Fault OUTPUT_FAILED */
export async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  const path = join(folder, NAME);
  try {
    const file = await open(`${path}.new`, 'w', 0o600);
    try {
      await file.writeFile(`${JSON.stringify(manifest, null, 2)}\n`);
      await file.datasync();
    } finally {
      await file.close();
    }
    await rename(`${path}.new`, path);
    await syncFolder(folder);
  } catch (error) {
    throw toFault(error, 'OUTPUT_FAILED', `cannot write ${path}: `);
  }
}

/** Windows has no handle on a folder; there a rename is on the disk when it returns. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Removes files with faces that the manifest does not name: what a rewriting that was cut short left. */
export async function removeStrayRecords(folder: string, manifest: Manifest | undefined): Promise<void> {
  for (const name of await readdir(folder)) if (RECORDS.test(name) && name !== manifest?.records) await rm(join(folder, name), { force: true });
}

/** The keys of a gallery that is there. @throws Fault UNAUTHENTICATED, FAILED_PRECONDITION */
export function keysFor(folder: string, manifest: Manifest, key: GalleryKey | undefined): KeyRing | undefined {
  if (manifest.key && !key)
    fail('UNAUTHENTICATED', `the gallery in ${folder} is encrypted; give its ${manifest.key.from === 'bytes' ? 'key' : 'passphrase'}`);
  if (!manifest.key && key)
    fail('FAILED_PRECONDITION', `the gallery in ${folder} is not encrypted; export it and import it into a new folder with the key`);
  return manifest.key && key && KeyRing.open(key, manifest.key);
}
