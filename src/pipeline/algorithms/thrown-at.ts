import { fileURLToPath } from 'node:url';

/** A place in a stack: `(file:///a/b.ts?x:1:2)`, `at /a/b.js:1:2`. */
const PLACE = /(?:^|\()(?:async )?((?:file:\/\/|\/|[A-Za-z]:[\\/])[^()]*?)(?:\?[^():/\\]*)?:(\d+):(\d+)\)?$/;
/** Our own code; with source maps on, its places are told in `src`. */
const OWN = ['../../', '../../../src/'].map((folder) => fileURLToPath(new URL(folder, import.meta.url)));

const pathOf = (place: string): string => (place.startsWith('file://') ? fileURLToPath(place) : place);

/** The first place outside of Ocellus and its packages at which an error was thrown, as `file:line:column`; undefined where none is known. */
export function thrownAt(error: unknown): string | undefined {
  const stack = error instanceof Error ? error.stack : undefined;
  for (const line of stack?.split('\n') ?? []) {
    const [, place, row, column] = PLACE.exec(line.trim().replace(/^at /, '')) ?? [];
    if (place === undefined || row === undefined) continue;
    const path = pathOf(place);
    if (!OWN.some((folder) => path.startsWith(folder)) && !path.includes('node_modules')) return `${path}:${row}:${column}`;
  }
  return undefined;
}

/** What an error says, and where it was thrown. */
export function tellError(error: unknown): string {
  const text =
    error instanceof Error ? (error.name === 'Error' || error.name === 'Fault' ? error.message : `${error.name}: ${error.message}`) : String(error);
  const place = thrownAt(error);
  return place && !text.includes(place) ? `${text} (${place})` : text;
}
