import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

/** A family of Noto fonts in an npm package of Fontsource: one variable font, cut into files by Unicode ranges. */
export interface FontFamily {
  readonly package: string;
  /** What its files' names begin with. */
  readonly name: string;
}

/** Where a character is looked for, in this order. A family's files are read only when a text needs one. */
export const FONT_FAMILIES: readonly FontFamily[] = [
  { package: '@fontsource-variable/noto-sans', name: 'noto-sans' },
  { package: '@fontsource-variable/noto-sans-sc', name: 'noto-sans-sc' },
  { package: '@fontsource-variable/noto-sans-kr', name: 'noto-sans-kr' },
];

/** One file of a family: its name inside the package and the characters that it is for. */
export interface FontFile {
  readonly specifier: string;
  readonly ranges: readonly (readonly [from: number, to: number])[];
}

const require = createRequire(import.meta.url);

/** Reads a file of an installed package. */
export const readFontFile = (specifier: string): Promise<Uint8Array> => readFile(require.resolve(specifier));

/** Reads `U+20-7e,U+a0` as CSS writes ranges. */
function parseRanges(text: string): FontFile['ranges'] {
  return text.split(',').map((part) => {
    const [from, to = from] = part.trim().slice(2).split('-');
    return [Number.parseInt(from!, 16), Number.parseInt(to!, 16)];
  });
}

/** The files of a family, as its `unicode.json` lists them: names such as `latin`, or `[119]` for a numbered part. */
export async function filesOf({ package: name, name: prefix }: FontFamily): Promise<readonly FontFile[]> {
  const listed = JSON.parse(Buffer.from(await readFontFile(`${name}/unicode.json`)).toString('utf8')) as Record<string, string>;
  return Object.entries(listed).map(([key, ranges]) => ({
    specifier: `${name}/files/${prefix}-${key.replaceAll(/[[\]]/g, '')}-wght-normal.woff2`,
    ranges: parseRanges(ranges),
  }));
}

/** True when the file is meant for the character. */
export const isFor = (file: FontFile, codePoint: number): boolean => file.ranges.some(([from, to]) => codePoint >= from && codePoint <= to);
