import { dirname, join } from 'node:path';
import { Fault, NULL_LOG } from '../../core/index.js';
import { knownSha256 } from './catalogue.js';
import { checkFile, digestFile } from './digest.js';
import { discardPart, download } from './download.js';
import { exists, makeFolder, moveIntoPlace } from './files.js';
import { modelPath, sourcePart } from './locate.js';
import type { FoundFile, ZooOptions } from './options.js';
import { CACHE_LAYOUT } from './places.js';
import type { CatalogueEntry, FilesSource, UrlSource } from './port.js';
import type { Transport } from './transport.js';

/** What a download needs beside the options. */
export interface FetchJob {
  readonly name: string;
  readonly url: string;
  /** Name of the file below the downloads folder. */
  readonly partName: string;
  readonly bytes?: number;
  readonly transport: Transport;
  /** Throws a Fault INTEGRITY when the finished download is not what it should be. */
  check(part: string): Promise<void>;
}

/**
 * Downloads and checks one file. What fails the check is removed; and when it was continued from an earlier download, whose bytes may have
 * been bad, it is fetched once more from the start.
 * @returns the path of the checked file @throws Fault as {@link download}, INTEGRITY
 */
export async function fetchChecked(job: FetchJob, options: ZooOptions): Promise<string> {
  const folder = join(options.cacheFolder, CACHE_LAYOUT.downloads);
  await makeFolder(folder);
  const part = join(folder, job.partName);
  const { name, url, bytes, transport } = job;
  for (let continued = await exists(part); ; continued = false) {
    await download({ ...options, name, url, part, transport, ...(bytes === undefined ? {} : { bytes }) });
    try {
      await job.check(part);
      return part;
    } catch (error) {
      await discardPart(part);
      if (!continued || !(error instanceof Fault) || error.code !== 'INTEGRITY') throw error;
      (options.log ?? NULL_LOG).warn(`the continued download of ${name} came out wrong and is started over: ${error.message}`);
    }
  }
}

/** Downloads a model from its address into the cache. @throws Fault as {@link fetchChecked} */
export async function fetchFromUrl(entry: CatalogueEntry, source: UrlSource, transport: Transport, options: ZooOptions): Promise<FoundFile> {
  const expected = knownSha256(entry);
  if (expected === undefined) throw new Fault('INTERNAL', `the catalogue has no checksum for ${entry.name}`);
  let digest = { sha256: expected, bytes: 0 };
  const part = await fetchChecked(
    {
      name: entry.name,
      url: source.url,
      partName: `${entry.file}.part`,
      ...(entry.bytes === undefined ? {} : { bytes: entry.bytes }),
      transport,
      check: async (path) => void (digest = await checkFile(path, expected, source.url, options.signal)),
    },
    options,
  );
  const path = modelPath(entry, options.cacheFolder);
  await moveIntoPlace(part, path);
  await discardPart(part);
  return { path, from: 'url', ...digest };
}

/** Downloads the files of a model that is to be converted, each to the path of its place in `targets`; those that are there already are kept. @throws Fault as {@link fetchChecked} */
export async function fetchFilesFromUrl(
  name: string,
  source: Extract<FilesSource, { kind: 'url' }>,
  targets: readonly string[],
  transport: Transport,
  options: ZooOptions,
): Promise<void> {
  for (const [i, file] of source.files.entries()) {
    const target = targets[i]!;
    if ((await exists(target)) && (await digestFile(target, options.signal)).sha256 === file.sha256) continue;
    const url = new URL(file.path, source.url).href;
    const check = async (path: string): Promise<void> => void (await checkFile(path, file.sha256, url, options.signal));
    const part = await fetchChecked({ name, url, partName: sourcePart(file), bytes: file.bytes, transport, check }, options);
    await makeFolder(dirname(target));
    await moveIntoPlace(part, target);
    await discardPart(part);
  }
}
