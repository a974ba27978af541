import { stat } from 'node:fs/promises';
import * as modules from 'node:module';
import { basename } from 'node:path';
import { pathToFileURL } from 'node:url';
import { didYouMean, fail } from '../../core/index.js';
import type { AlgorithmMaker } from './algorithm.js';
import { tellError } from './thrown-at.js';
import { MARK } from './typescript-hooks.js';

let hooked = false;

/** Once in each thread. The hooks run in a thread of their own, in front of what else is loaded with, such as a transpiler of tests. */
function hookModules(): void {
  if (hooked) return;
  hooked = true;
  modules.register('./typescript-hooks.js', import.meta.url);
}

/** A module is kept by its address: a file that was changed gets another. */
async function addressOf(path: string): Promise<string> {
  const { mtimeMs, size } = await stat(path);
  const url = pathToFileURL(path);
  url.searchParams.set(MARK, `${Math.round(mtimeMs)}-${size}`);
  return url.href;
}

/** Types are gone when the code runs, and an import of a type with them gone finds nothing. */
const typeAdvice = (message: string): string => (message.includes('does not provide an export named') ? '; if it is a type, write import type' : '');

/** The export of a file of JavaScript or TypeScript. The file is trusted: its code runs. @throws Fault CONFIG_INVALID for code that does not load; NOT_FOUND for a missing export */
export async function loadAlgorithm(path: string, name: string): Promise<AlgorithmMaker> {
  hookModules();
  const module = await import(await addressOf(path)).catch((error: unknown) => {
    const text = tellError(error);
    return fail('CONFIG_INVALID', `${text.includes(path) ? '' : `${path}: `}${text}${typeAdvice(text)}`, error);
  });
  const exported = (module as Record<string, unknown>)[name];
  if (typeof exported === 'function') return exported as AlgorithmMaker;
  const others = Object.keys(module as object);
  if (exported !== undefined) return fail('CONFIG_INVALID', `${path}: its export "${name}" is no class and no function`);
  return fail(
    'NOT_FOUND',
    `${path}: it has no export "${name}".${didYouMean(name, others)} ${basename(path)} exports: ${others.join(', ') || 'nothing'}`,
  );
}
