/** Version of the installed package. */
export function packageVersion(): string {
  // Not imported: a browser that loads this room has no files.
  const { readFileSync } = process.getBuiltinModule('node:fs');
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };
  return version;
}
