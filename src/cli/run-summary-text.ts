import { stat } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import type { RunSummary, StreamSummary } from '../pipeline/index.js';
import { formatBytes } from './download-progress.js';
import { formatTable } from './table.js';

/** Labels listed in the table; the report has them all. */
const MOST_LABELS = 12;

/** Labels of which nothing was followed are mostly mistakes of the detector: one line for all of them. */
function seenText({ frames, labels }: StreamSummary): string {
  const seen = Object.entries(labels).toSorted(([, a], [, b]) => b.tracks - a.tracks || b.objects - a.objects);
  const tracked = seen.some(([, { tracks }]) => tracks > 0);
  const shown = seen.filter(([, { tracks }]) => !tracked || tracks > 0).slice(0, MOST_LABELS);
  const rest = seen.slice(shown.length);
  if (frames === 0) return 'no frame came\n';
  if (shown.length === 0) return 'nothing was found\n';
  const rows = shown.map(([label, { objects, tracks }]) => [
    label,
    ...(tracked ? [String(tracks)] : []),
    String(objects),
    (objects / frames).toFixed(1),
  ]);
  const boxes = rest.reduce((sum, [, { objects }]) => sum + objects, 0);
  const more =
    rest.length === 0 ? '' : `and ${rest.length} other ${rest.length === 1 ? 'label' : 'labels'}, ${boxes} ${boxes === 1 ? 'box' : 'boxes'}\n`;
  return formatTable(['seen', ...(tracked ? ['tracks'] : []), 'boxes', 'a frame'], rows) + more;
}

function streamText(name: string, summary: StreamSummary): string {
  const crossed = Object.entries(summary.lines).map(([line, { in: inward, out }]) => [line, String(inward), String(out)]);
  return `\n${name}\n${seenText(summary)}${crossed.length === 0 ? '' : `\n${formatTable(['line', 'in', 'out'], crossed)}`}`;
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
  return `${parts.join('')}\n${frames} ${frames === 1 ? 'frame' : 'frames'} in ${seconds.toFixed(1)} s (${(frames / seconds).toFixed(1)} fps)\n${left.length === 0 ? '' : `\n${formatTable(['file', 'size', ''], left)}`}`;
}
