import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { type Document, LineCounter, isCollection, isMap, isScalar, parseDocument } from 'yaml';
import { fail } from '../core/index.js';
import type { OutputConfig } from './config-outputs.js';
import { type ConfigProblem, configProblems, pathText } from './config-problems.js';
import { migratedConfig } from './config-versions.js';
import { CONFIG_FOLDER, PipelineConfig, pipelineJsonSchema } from './config.js';

type Env = Readonly<Record<string, string | undefined>>;

/** Is told what was changed in a configuration of an earlier version, a sentence at a time. */
export type Note = (sentence: string) => void;

const UNHEARD: Note = () => {};

/** What a configuration text is read with. */
export interface ConfigContext {
  /** Values for `${NAME}`. */
  readonly env: Env;
  /** Relative paths start here. */
  readonly folder: string;
  /** Name of the text in messages. */
  readonly name: string;
  /** Is told of an earlier version. */
  readonly note?: Note;
}

/** Replaces `${NAME}` and `${NAME:-default}` in `text`; `$${` stands for a plain `${`. */
function expand(text: string, env: Env, missing: (name: string) => void): string {
  return text.replace(
    /\$(\$\{)|\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g,
    (_whole, escaped: string | undefined, name: string, fallback?: string) => {
      if (escaped) return '${';
      const value = env[name] ?? fallback;
      if (value === undefined) missing(name);
      return value ?? '';
    },
  );
}

function expandAll(value: unknown, env: Env, path: (string | number)[], problems: ConfigProblem[]): unknown {
  if (typeof value === 'string')
    return expand(value, env, (name) => problems.push({ path, message: `\${${name}} is not set; set it, or write \${${name}:-default}` }));
  if (Array.isArray(value)) return value.map((item, at) => expandAll(item, env, [...path, at], problems));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, expandAll(inner, env, [...path, key], problems)]));
}

/** Line of the deepest node of `path` that the document has; the key's own line where there is one. */
function lineOf(document: Document, lines: LineCounter, path: readonly (string | number)[]): number {
  const parent = path.length > 1 ? document.getIn(path.slice(0, -1), true) : document.contents;
  if (isMap(parent)) {
    const pair = parent.items.find(({ key }) => isScalar(key) && key.value === path.at(-1));
    if (pair && isScalar(pair.key) && pair.key.range) return lines.linePos(pair.key.range[0]).line;
  }
  const node = document.getIn(path, true);
  if ((isScalar(node) || isCollection(node)) && node.range) return lines.linePos(node.range[0]).line;
  return path.length === 0 ? 1 : lineOf(document, lines, path.slice(0, -1));
}

/** Whether a source is an address (rtsp://, synthetic:) rather than a path. */
export const isAddress = (uri: string): boolean => /^[a-z][a-z0-9+.-]+:/i.test(uri);

const mapValues = <T>(record: Readonly<Record<string, T>>, change: (value: T) => T): Record<string, T> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));

function anchoredOutput(output: OutputConfig, at: (path: string) => string): OutputConfig {
  if ('video' in output) return { ...output, video: at(output.video) };
  if ('report' in output) return { ...output, report: at(output.report) };
  return 'live' in output ? output : { ...output, tiles: at(output.tiles) };
}

/** Makes relative paths absolute; addresses such as rtsp:// and synthetic: scenes stay as they are. Code may be loaded from the folder. */
function anchored(config: PipelineConfig, folder: string): PipelineConfig & { readonly [CONFIG_FOLDER]: string } {
  const at = (path: string): string => (isAddress(path) ? path : resolve(folder, path));
  return {
    ...config,
    sources: mapValues(config.sources, (source) => ({ ...source, uri: at(source.uri) })),
    nodes: mapValues(config.nodes, (node) => {
      if ('model' in node && typeof node.model === 'object')
        return node.model.file === undefined ? node : { ...node, model: { ...node.model, file: at(node.model.file) } };
      return 'algorithm' in node && typeof node.algorithm === 'string' ? { ...node, algorithm: resolve(folder, node.algorithm) } : node;
    }),
    outputs: mapValues(config.outputs, (output) => anchoredOutput(output, at)),
    sinks: mapValues(config.sinks, (sink) => ({ ...sink, jsonl: at(sink.jsonl) })),
    [CONFIG_FOLDER]: folder,
  };
}

/** The configuration, or what is wrong, at the paths where it was written. */
type Checked =
  | { readonly config: PipelineConfig; readonly problems: readonly never[] }
  | { readonly config?: undefined; readonly problems: readonly ConfigProblem[]; readonly cause?: unknown };

function checked(raw: unknown, note: Note): Checked {
  const { data, notes, problem, origin } = migratedConfig(raw);
  if (problem) return { problems: [problem] };
  notes.forEach(note);
  const result = PipelineConfig.safeParse(data);
  if (result.success) return { config: result.data, problems: [] };
  const problems = configProblems(result.error, pipelineJsonSchema()).map(({ path, message }) => ({ path: origin(path), message }));
  return { problems, cause: result.error };
}

/**
 * Checks plain data, as a library user hands it in; data of an earlier version is taken over to the present one, which `note` is told.
 * @throws Fault CONFIG_INVALID with every problem and its path
 */
export function parsePipelineConfig(raw: unknown, note: Note = UNHEARD): PipelineConfig {
  const result = checked(raw, note);
  if (result.config) return result.config;
  return fail('CONFIG_INVALID', result.problems.map(({ path, message }) => `${pathText(path)}: ${message}`).join('\n'), result.cause);
}

/** Reads YAML or JSON. @throws Fault CONFIG_INVALID: one line a problem, as `file:line: path: message` */
export function parseConfigText(text: string, { env, folder, name, note = UNHEARD }: ConfigContext): PipelineConfig {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const complain = (problems: readonly { line: number; text: string }[]): never =>
    fail('CONFIG_INVALID', problems.map(({ line, text: words }) => `${name}:${line}: ${words}`).join('\n'));
  if (document.errors.length > 0) complain(document.errors.map(({ pos, message }) => ({ line: lines.linePos(pos[0]).line, text: message })));
  const problems: ConfigProblem[] = [];
  const raw = expandAll(document.toJS({ maxAliasCount: 100 }) ?? {}, env, [], problems);
  const result = checked(raw, (sentence) => note(`${name}: ${sentence}`));
  problems.push(...result.problems);
  if (problems.length > 0)
    complain(problems.map(({ path, message }) => ({ line: lineOf(document, lines, path), text: `${pathText(path)}: ${message}` })));
  return anchored(result.config!, folder);
}

/** Reads a configuration file; `note` is told when it is of an earlier version. @throws Fault NOT_FOUND, CONFIG_INVALID */
export async function loadConfig(path: string, env: Env, note: Note = UNHEARD): Promise<PipelineConfig> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    const why = error.code === 'ENOENT' ? 'there is no such file' : error.code === 'EISDIR' ? 'it is a folder' : error.message;
    return fail('NOT_FOUND', `cannot read the configuration ${path}: ${why}`, error);
  });
  return parseConfigText(text, { env, folder: dirname(resolve(path)), name: path, note });
}
