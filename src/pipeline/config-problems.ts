import type { z } from 'zod';
import { didYouMean } from '../core/index.js';

/** One thing wrong with a configuration. */
export interface ConfigProblem {
  /** Keys down to the value. */
  readonly path: readonly (string | number)[];
  readonly message: string;
}

type JsonSchema = {
  readonly properties?: Record<string, JsonSchema>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly type?: string;
};

/** Every schema that may stand at `path`. */
function schemasAt(schema: JsonSchema, path: readonly PropertyKey[]): JsonSchema[] {
  const here = schema.anyOf ? schema.anyOf.flatMap((branch) => schemasAt(branch, [])) : [schema];
  const [key, ...rest] = path;
  if (key === undefined) return here;
  return here.flatMap((branch) => {
    const next = typeof key === 'number' ? branch.items : (branch.properties?.[String(key)] ?? branch.additionalProperties);
    return typeof next === 'object' ? schemasAt(next, rest) : [];
  });
}

/** Each name once, whichever kinds of nodes know it. */
const keysAt = (schema: JsonSchema, path: readonly PropertyKey[]): string[] => [
  ...new Set(schemasAt(schema, path).flatMap((branch) => Object.keys(branch.properties ?? {}))),
];

const plainPath = (path: readonly PropertyKey[]): (string | number)[] => path.map((key) => (typeof key === 'number' ? key : String(key)));

type Issue = z.core.$ZodIssue;

function unknownKeys(issue: Issue & { readonly keys: readonly string[] }, path: readonly PropertyKey[], schema: JsonSchema): ConfigProblem[] {
  const known = keysAt(schema, path);
  return issue.keys.map((key) => ({
    path: plainPath([...path, key]),
    message: `unknown key "${key}".${didYouMean(key, known) || ` Known here: ${known.join(', ')}`}`,
  }));
}

/** How deep complaints reach; those of a union inside reach as deep as the deepest of its branches. */
function depthOf(issues: readonly Issue[]): number {
  return Math.max(...issues.map((issue) => issue.path.length + depthWithin(issue)));
}

function depthWithin(issue: Issue): number {
  if (issue.code === 'unrecognized_keys') return 1;
  return issue.code === 'invalid_union' ? Math.max(0, ...issue.errors.map(depthOf)) : 0;
}

/** The branch of a union that came nearest: the one whose complaints reach deepest, or are fewest. */
function nearestBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] {
  return branches.toSorted((a, b) => depthOf(b) - depthOf(a) || a.length - b.length)[0] ?? [];
}

/** A value that is none of the types that may stand there. */
function unionMessage(branches: readonly (readonly Issue[])[]): string {
  const issues = branches.flat();
  const types = issues.flatMap((issue) => (issue.code === 'invalid_type' ? [issue.expected] : []));
  const missing = issues.length > 0 && issues.every(({ message }) => message.endsWith('received undefined'));
  return `${missing ? 'is missing: ' : ''}expected ${[...new Set(types)].join(' or ') || 'another value'}`;
}

function problemsOf(issue: Issue, above: readonly PropertyKey[], schema: JsonSchema): ConfigProblem[] {
  const path = [...above, ...issue.path];
  if (issue.code === 'unrecognized_keys') return unknownKeys(issue, path, schema);
  if (issue.code === 'invalid_key') return [{ path: plainPath(path), message: issue.issues.map(({ message }) => message).join('; ') }];
  if (
    issue.code === 'invalid_union' &&
    issue.errors.some((branch) => branch.some(({ path: inner, code }) => inner.length > 0 || code === 'unrecognized_keys'))
  )
    return nearestBranch(issue.errors).flatMap((inner) => problemsOf(inner, path, schema));
  // A union that words its own complaint says more than its types do.
  if (issue.code === 'invalid_union' && issue.message === 'Invalid input') return [{ path: plainPath(path), message: unionMessage(issue.errors) }];
  if (issue.code === 'invalid_type' && issue.message.endsWith('received undefined'))
    return [{ path: plainPath(path), message: `is missing: ${issue.message.replace('Invalid input: ', '').replace(', received undefined', '')}` }];
  return [{ path: plainPath(path), message: issue.message.replace('Invalid input: ', '') }];
}

/** Zod's issues as problems with full paths; an unknown key comes with the nearest known ones. */
export function configProblems(error: z.ZodError, schema: Record<string, unknown>): ConfigProblem[] {
  return error.issues.flatMap((issue) => problemsOf(issue, [], schema as JsonSchema));
}

/** `nodes.people.labels[0]` */
export function pathText(path: readonly (string | number)[]): string {
  return path.map((key, at) => (typeof key === 'number' ? `[${key}]` : at === 0 ? key : `.${key}`)).join('') || '(the whole file)';
}
