import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { LoadHook, ResolveHook } from 'node:module';
import { fileURLToPath } from 'node:url';

/** Marks modules of users, which these hooks look after; no other module is touched. */
export const MARK = 'ocellus';

const isMarked = (url: string | undefined): url is string => url !== undefined && /[?&]ocellus=/.test(url);

/** Code may name what a file will be (`./a.js`) or what it is (`./a.ts`). */
function sourceOf(url: URL): URL {
  if (existsSync(url)) return url;
  const source = new URL(url.href.replace(/\.([cm]?)js(?=$|\?)/, '.$1ts'));
  return existsSync(source) ? source : url;
}

/** Resolves what users' modules import: their own files, TypeScript included, and `ocellus` itself, which is always the one that runs. */
export const resolve: ResolveHook = (specifier, context, nextResolve) => {
  if (!isMarked(context.parentURL)) return nextResolve(specifier, context);
  if (/^ocellus(\/|$)/.test(specifier)) return nextResolve(specifier, { ...context, parentURL: import.meta.url });
  if (!/^\.{0,2}\/|^file:/.test(specifier)) return nextResolve(specifier, context);
  const url = sourceOf(new URL(specifier, context.parentURL));
  url.searchParams.set(MARK, new URL(context.parentURL).searchParams.get(MARK)!);
  return nextResolve(url.href, context);
};

type Strip = (source: string, options: { mode: 'strip-only'; filename: string }) => { readonly code: string };
let strip: Strip | undefined;

/** What the stripper throws: an object with a place, or with a message alone. */
interface SyntaxComplaint {
  readonly message?: string;
  readonly startLine?: number;
  readonly startColumn?: number;
}

/** TypeScript without its types. Every character keeps its place, so that stacks and debuggers tell the user's own lines. */
export function withoutTypes(source: string, filename: string): string {
  strip ??= (createRequire(import.meta.url)('@swc/wasm-typescript') as { transformSync: Strip }).transformSync;
  try {
    return strip(source, { mode: 'strip-only', filename }).code;
  } catch (error) {
    const { message = String(error), startLine, startColumn = 0 } = error as SyntaxComplaint;
    throw new SyntaxError(`${filename}${startLine === undefined ? '' : `:${startLine}:${startColumn + 1}`}: ${message}`, { cause: error });
  }
}

/** Loads users' TypeScript. */
export const load: LoadHook = (url, context, nextLoad) => {
  if (!isMarked(url) || !/\.m?ts$/.test(new URL(url).pathname)) return nextLoad(url, context);
  const path = fileURLToPath(new URL(url));
  return { format: 'module', shortCircuit: true, source: withoutTypes(readFileSync(path, 'utf8'), path) };
};
