import { stat } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import type { RunSummary, StreamSummary } from '../pipeline/index.js';
import { formatBytes } from './download-progress.js';
import { formatTable } from './table.js';

/** Labels listed in the table; the report has them all. */
const MOST_LABELS = 12;

function streamText(name: string, { frames, labels, lines }: StreamSummary): string {
  const seen = Object.entries(labels);
  const rows = seen
    .slice(0, MOST_LABELS)
    .map(([label, { objects, tracks }]) => [label, String(tracks), String(objects), (objects / frames).toFixed(1)]);
  const more = seen.length > MOST_LABELS ? `and ${seen.length - MOST_LABELS} other labels\n` : '';
  const found = rows.length === 0 ? 'nothing was found\n' : formatTable(['seen', 'tracks', 'boxes', 'a frame'], rows);
  const crossed = Object.entries(lines).map(([line, { in: inward, out }]) => [line, String(inward), String(out)]);
  return `\n${name}\n${found}${more}${crossed.length === 0 ? '' : `\n${formatTable(['line', 'in', 'out'], crossed)}`}`;
}

/** What a run did and left, for people: tables of what was seen and crossed, then the files. */
export async function summaryText(summary: RunSummary, cwd: string, files: Readonly<Record<string, readonly string[]>>): Promise<string> {
  const { frames, elapsedMs, streams, outputs } = summary;
  const seconds = elapsedMs / 1000;
  const about = new Map(
    Object.values(outputs).flatMap((made) => made.map(({ path, bytes, note }) => [relative(cwd, path) || path, { bytes, note }] as const)),
  );
  const sizeOf = async (path: string): Promise<number> => about.get(path)?.bytes ?? (await stat(resolve(cwd, path))).size;
  const paths = Object.values(files).flat();
  const left = await Promise.all(paths.map(async (path) => [path, formatBytes(await sizeOf(path)), about.get(path)?.note ?? '']));
  const parts = Object.entries(streams).map(([name, stream]) => streamText(name, stream));
  return `${parts.join('')}\n${frames} ${frames === 1 ? 'frame' : 'frames'} in ${seconds.toFixed(1)} s (${(frames / seconds).toFixed(1)} fps)\n\n${formatTable(['file', 'size', ''], left)}`;
}
