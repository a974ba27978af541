import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Fault, fail, throwIfAborted, toFault } from '../../../core/index.js';
import { CATALOGUE, findModel, readySha256, sourceHash } from '../catalogue.js';
import { convertedPath, keepConverted } from '../converted.js';
import { digestFile, mismatch } from '../digest.js';
import { checkSpace } from '../download.js';
import { makeFolder, moveIntoPlace, saveBytes } from '../files.js';
import { modelPath } from '../locate.js';
import type { ZooOptions } from '../options.js';
import { CACHE_LAYOUT } from '../places.js';
import type { CatalogueEntry } from '../port.js';
import { MANIFEST_BYTES, MANIFEST_FILE, type Manifest, type ManifestModel, checkPromise, parseManifest, readManifest } from './manifest.js';
import { openArchive } from './open-archive.js';
import { type TarMember, plainPath } from './tar-reader.js';

/** A model that was brought into the cache. */
export interface Imported {
  readonly name: string;
  /** Absolute, in the cache. */
  readonly path: string;
  readonly bytes: number;
}

/** An import under way: files are gathered in `staging`, and reach the cache only when all of them are right. */
interface Job {
  /** As given, for texts. */
  readonly from: string;
  readonly staging: string;
  readonly options: ZooOptions;
}

/** Checks the list against the catalogue, and that the files fit on the disk. */
async function admit(manifest: Manifest, { from, options }: Job): Promise<void> {
  for (const model of manifest.models) checkPromise(model, findModel(model.name, options.catalogue), from);
  const bytes = manifest.models.reduce((total, model) => total + model.bytes, 0);
  await checkSpace(`model ${manifest.models.map(({ name }) => name).join(', ')}`, options.cacheFolder, bytes, options.freeBytes);
}

async function stage(model: ManifestModel, source: AsyncIterable<Uint8Array>, job: Job): Promise<void> {
  const digest = await saveBytes(join(job.staging, model.file), source, model.bytes);
  if (digest.sha256 !== model.sha256)
    throw mismatch(model.file, job.from, `sha256 ${model.sha256}`, `sha256 ${digest.sha256} (${digest.bytes} bytes)`);
}

async function collect(member: TarMember, most: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of member.body()) {
    bytes += chunk.length;
    if (bytes > most) fail('INPUT_CORRUPT', `${member.path} is longer than ${most} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Reads an archive in one pass. Its list comes first, so that every later byte was announced: nothing else is accepted, let alone written. */
async function stageArchive(job: Job): Promise<Manifest> {
  const { from, options } = job;
  const refuse = (member: TarMember, why: string): never => fail('INPUT_CORRUPT', `${from}: refused, because "${member.path}" ${why}`);
  let manifest: Manifest | undefined;
  let folder = '';
  const missing = new Map<string, ManifestModel>();
  for await (const member of openArchive(from, options.signal)) {
    const parts = plainPath(member.path) ?? refuse(member, 'is no plain relative path');
    if (member.kind === 'folder') {
      if (parts.length > 1) refuse(member, 'is a folder in a folder');
      continue;
    }
    if (member.kind !== 'file') refuse(member, member.kind === 'link' ? 'is a link' : 'is neither file nor folder');
    const [name, above] = [parts.at(-1)!, parts.slice(0, -1).join('/')];
    if (!manifest) {
      if (name !== MANIFEST_FILE || parts.length > 2) refuse(member, `comes before ${MANIFEST_FILE}`);
      manifest = parseManifest(await collect(member, MANIFEST_BYTES), from);
      folder = above;
      await admit(manifest, job);
      for (const model of manifest.models) missing.set(model.file, model);
      continue;
    }
    const model = above === folder ? missing.get(name) : undefined;
    if (!model) return refuse(member, 'is not in its list, or there twice');
    if (member.bytes !== model.bytes) refuse(member, `has ${member.bytes} bytes, not the ${model.bytes} of its list`);
    missing.delete(name);
    await stage(model, member.body(), job);
  }
  if (!manifest) return fail('INPUT_CORRUPT', `${from}: there is no ${MANIFEST_FILE} in it`);
  if (missing.size > 0) fail('INPUT_CORRUPT', `${from}: ${[...missing.keys()].join(', ')} of its list is missing`);
  return manifest;
}

/** Opened when it is read, not before: a stream that fails while nobody reads it takes the process down. */
async function* bytesOf(path: string, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
  yield* createReadStream(path, signal ? { signal } : {}) as AsyncIterable<Uint8Array>;
}

async function stageFolder(job: Job): Promise<Manifest> {
  const { from, options } = job;
  const manifest =
    (await readManifest(from)) ?? fail('NOT_FOUND', `${from}: there is no ${MANIFEST_FILE} in it; make such a folder with "ocellus models export"`);
  await admit(manifest, job);
  for (const model of manifest.models) {
    await stage(model, bytesOf(join(from, model.file), options.signal), job).catch((error: unknown) => {
      throwIfAborted(options.signal);
      throw toFault(error, 'INPUT_CORRUPT', `${from}: `);
    });
  }
  return manifest;
}

/** A bare ONNX file, known by its checksum. */
async function stageSingle(job: Job): Promise<Manifest> {
  const { from, options } = job;
  const { sha256, bytes } = await digestFile(from, options.signal);
  const entry = (options.catalogue ?? CATALOGUE).find((known) => readySha256(known) === sha256);
  if (!entry)
    return fail(
      'INTEGRITY',
      `${from} is no model of the catalogue: none has sha256 ${sha256}. Converted models come with a list ("ocellus models export").`,
    );
  const model = { name: entry.name, file: entry.file, sha256, bytes };
  await stage(model, bytesOf(from, options.signal), job);
  return { format: 'ocellus-models', version: 1, models: [model] };
}

async function keep(model: ManifestModel, entry: CatalogueEntry, { staging, options }: Job): Promise<Imported> {
  const part = join(staging, model.file);
  const { name, sha256, bytes, made } = model;
  const path = made ? convertedPath(entry, made.by, options.cacheFolder) : modelPath(entry, options.cacheFolder);
  if (made) await keepConverted(part, path, { sha256, bytes, of: sourceHash(entry)!, by: made.by });
  else await moveIntoPlace(part, path);
  return { name, path, bytes };
}

async function stageAny(job: Job): Promise<Manifest> {
  const info = await stat(job.from).catch((error: unknown) => {
    throw toFault(error, 'NOT_FOUND', `cannot import ${job.from}: `);
  });
  if (info.isDirectory()) return stageFolder(job);
  if (!info.isFile()) fail('INPUT_CORRUPT', `${job.from} is neither a file nor a folder`);
  return job.from.toLowerCase().endsWith('.onnx') ? stageSingle(job) : stageArchive(job);
}

/**
 * Brings models into the cache: from an archive or folder that {@link exportModels} made, or one ONNX file that the catalogue knows by its checksum.
 * All is checked first; on any fault nothing of it reaches the cache.
 * @throws Fault NOT_FOUND (no such file, or a model that this catalogue lacks), INPUT_CORRUPT (not such an archive, or a hostile one), INTEGRITY,
 * RESOURCE_EXHAUSTED (disk), OUTPUT_FAILED, CANCELLED
 */
export async function importModels(file: string, options: ZooOptions): Promise<Imported[]> {
  const staging = join(options.cacheFolder, CACHE_LAYOUT.staging, randomUUID());
  const job: Job = { from: resolve(options.cwd, file), staging, options };
  await makeFolder(staging);
  try {
    const { models } = await stageAny(job);
    const imported: Imported[] = [];
    for (const model of models) imported.push(await keep(model, findModel(model.name, options.catalogue), job));
    return imported;
  } catch (error) {
    throw error instanceof Fault ? error : toFault(error, 'INPUT_CORRUPT', `cannot import ${job.from}: `);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}
