import { readFile, readdir, rm } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { z } from 'zod';
import { fail, toFault } from '../../core/index.js';
import { sourceHash, wantedOutputs } from './catalogue.js';
import { checkFile } from './digest.js';
import { makeFolder, moveIntoPlace, saveBytes } from './files.js';
import type { Converter, Converters, FoundFile, SourceFile, ZooOptions } from './options.js';
import { CACHE_LAYOUT } from './places.js';
import type { CatalogueEntry } from './port.js';

/** Kept beside a converted file, whose checksum no catalogue can know. */
const Receipt = z.object({ sha256: z.string(), bytes: z.number(), of: z.string(), by: z.string() });

/** What is known of a converted file: checksum, size, what it was made of, and by what. */
export type Receipt = z.output<typeof Receipt>;

const receiptOf = (path: string): string => `${path}.json`;

/** Kind and version of the conversion that this process can do, such as `tfjs-1`. @throws Fault UNSUPPORTED when it has none */
export function conversionId(entry: CatalogueEntry, converters: Converters | undefined): string {
  if (entry.conversion === 'none') fail('INTERNAL', `${entry.name} needs no conversion`);
  const converter = converters?.[entry.conversion];
  if (!converter) fail('UNSUPPORTED', `${entry.name} must be converted from ${entry.conversion}, and no converter for that was given`);
  return `${entry.conversion}-${converter.version}`;
}

const prefixOf = (entry: CatalogueEntry): string => `${parse(entry.file).name}-${sourceHash(entry)!.slice(0, 12)}-`;

/** Path of a converted file in the cache: its name carries the hash of its source and who converted it. */
export function convertedPath(entry: CatalogueEntry, by: string, cacheFolder: string): string {
  return join(cacheFolder, CACHE_LAYOUT.models, `${prefixOf(entry)}${by}.onnx`);
}

/** The receipt beside a converted file; undefined where there is none that can be read. */
export async function readReceipt(path: string): Promise<Receipt | undefined> {
  const text = await readFile(receiptOf(path), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return Receipt.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Removes a converted file with its receipt. */
export async function removeConverted(path: string): Promise<void> {
  await Promise.all([rm(path, { force: true }), rm(receiptOf(path), { force: true })]);
}

/** A converted file of the cache, checked against its receipt. @throws Fault INTEGRITY */
export async function findConverted(entry: CatalogueEntry, path: string, signal?: AbortSignal): Promise<FoundFile> {
  const receipt = await readReceipt(path);
  if (!receipt || receipt.of !== sourceHash(entry)) fail('INTEGRITY', `${path} from the cache has no receipt that says what it should be`);
  return { path, from: 'cache', ...(await checkFile(path, receipt.sha256, 'the cache', signal)) };
}

/** Paths of the entry's converted files in the cache, whoever converted them; newest name last. */
export async function listConverted(entry: CatalogueEntry, cacheFolder: string): Promise<string[]> {
  const folder = join(cacheFolder, CACHE_LAYOUT.models);
  const names = await readdir(folder).catch(() => []);
  return names
    .filter((name) => name.startsWith(prefixOf(entry)) && name.endsWith('.onnx'))
    .toSorted()
    .map((name) => join(folder, name));
}

/** Puts a finished converted file from `part` in its place: the receipt first, so that no file ever stands without one. */
export async function keepConverted(part: string, path: string, receipt: Receipt): Promise<void> {
  await saveBytes(`${part}.json`, Buffer.from(`${JSON.stringify(receipt)}\n`));
  await moveIntoPlace(`${part}.json`, receiptOf(path));
  await moveIntoPlace(part, path);
}

async function runConverter(entry: CatalogueEntry, converter: Converter, files: readonly SourceFile[]): Promise<Uint8Array> {
  try {
    return await converter.convert(files, { outputs: wantedOutputs(entry) });
  } catch (error) {
    throw toFault(error, 'INPUT_CORRUPT', `${entry.name} cannot be converted from ${entry.conversion}: `);
  }
}

/** Converts source files and keeps the result in the cache. @throws Fault UNSUPPORTED, INPUT_CORRUPT (the converter refuses), OUTPUT_FAILED */
export async function convertModel(entry: CatalogueEntry, files: readonly SourceFile[], options: ZooOptions): Promise<FoundFile> {
  const by = conversionId(entry, options.converters);
  const path = convertedPath(entry, by, options.cacheFolder);
  const onnx = await runConverter(entry, options.converters![entry.conversion as keyof Converters]!, files);
  const folder = join(options.cacheFolder, CACHE_LAYOUT.downloads);
  await makeFolder(folder);
  const part = join(folder, `${parse(path).base}.${process.pid}.part`);
  const digest = await saveBytes(part, onnx);
  await keepConverted(part, path, { ...digest, of: sourceHash(entry)!, by });
  return { path, from: 'cache', ...digest };
}
