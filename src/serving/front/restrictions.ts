import { Fault, fail } from '../../core/index.js';

/** Kinds of calls that may be closed to those without a header. */
export const API_CATEGORIES = [
  'health',
  'metadata',
  'inference',
  'shared-memory',
  'model-config',
  'model-repository',
  'statistics',
  'trace',
  'logging',
] as const;

/** One of {@link API_CATEGORIES}. */
export type ApiCategory = (typeof API_CATEGORIES)[number];

/** A header that opens some kinds of calls. */
export interface Restriction {
  readonly categories: readonly ApiCategory[];
  readonly key: string;
  readonly value: string;
}

/** Which calls need which header, and whether any call needs a token. */
export interface AccessRules {
  readonly restrictions: readonly Restriction[];
  /** A bearer token that every call but health must carry; absent: none. */
  readonly token?: string;
}

/** Reads `categories:key=value`, as the command line has it. @throws Fault USAGE */
export function parseRestriction(text: string): Restriction {
  const [, names = '', key = '', value = ''] = /^([^:]*):([^=]+)=(.*)$/.exec(text) ?? [];
  if (key === '')
    fail('USAGE', `"${text}" is no restriction: write categories:header=value, such as shared-memory,model-repository:admin-key=secret`);
  const categories = names.split(',').map((name) => name.trim());
  const unknown = categories.find((name) => !API_CATEGORIES.includes(name as ApiCategory));
  if (unknown !== undefined) fail('USAGE', `unknown restricted api '${unknown}'; there are ${API_CATEGORIES.join(', ')}`);
  return { categories: categories as ApiCategory[], key: key.trim(), value: value.trim() };
}

/** Checks restrictions against one another. @throws Fault USAGE when a category stands in two */
export function checkRestrictions(restrictions: readonly Restriction[]): void {
  const seen = new Set<string>();
  for (const { categories } of restrictions)
    for (const name of categories) {
      if (seen.has(name)) fail('USAGE', `restricted api '${name}' can not be specified in multiple config groups`);
      seen.add(name);
    }
}

/** Compares without telling by its time how much was right. */
function isSame(given: string, wanted: string): boolean {
  let difference = given.length ^ wanted.length;
  for (let i = 0; i < given.length; i++) difference |= given.charCodeAt(i) ^ wanted.charCodeAt(i % Math.max(1, wanted.length));
  return difference === 0;
}

/**
 * Lets a call through or not.
 * @param header the value of a header by its name in lower case
 * @param refusal the fault of a restricted call, in the protocol's own words
 * @throws Fault
 */
export function checkAccess(
  { restrictions, token }: AccessRules,
  category: ApiCategory,
  header: (name: string) => string | undefined,
  refusal: (key: string) => Fault,
): void {
  if (restrictions.length > 0) {
    const restriction = restrictions.find(({ categories }) => categories.includes(category));
    if (restriction && !isSame(header(restriction.key) ?? '', restriction.value)) throw refusal(restriction.key);
  }
  if (token === undefined || category === 'health') return;
  const given = /^bearer\s+(.*)$/i.exec(header('authorization') ?? '')?.[1];
  if (given === undefined || !isSame(given, token)) throw new Fault('UNAUTHENTICATED', "send the server's token: Authorization: Bearer TOKEN");
}
