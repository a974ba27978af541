import { fail } from '../../core/index.js';

/** What an algorithm may give: data that JSON holds without loss. */
export type PlainValue = null | boolean | number | string | readonly PlainValue[] | { readonly [key: string]: PlainValue };

/** Deeper data is taken for a mistake. */
const DEEPEST = 64;

const isPlainObject = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value);
  // An object of another realm (a worker's, a vm's) has that realm's Object.prototype, above which there is nothing.
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null;
};

const nameOf = (value: object): string => (value as { constructor?: { name?: string } }).constructor?.name || 'an object of its own kind';

function strangerAdvice(value: object): string {
  if (ArrayBuffer.isView(value)) return `is a ${nameOf(value)}; write Array.from(it)`;
  if (value instanceof Date) return 'is a Date; write its toISOString() or getTime()';
  if (value instanceof Map) return 'is a Map; write Object.fromEntries(it)';
  if (value instanceof Set) return 'is a Set; write [...it]';
  if (value instanceof Promise) return 'is a promise; await it';
  return `is a ${nameOf(value)}; give its data as a plain object`;
}

function scalarAdvice(value: unknown): string {
  if (typeof value === 'number') return `is ${value}, which JSON does not hold; give null`;
  if (typeof value === 'bigint') return 'is a BigInt; write String(it), or Number(it) where it is small';
  return value === undefined ? 'is undefined; give null' : `is a ${typeof value}; only data can be given`;
}

/** Copies plain data, checking it: what is not said by JSON is refused, so that what is written is what was given. */
class PlainCopy {
  readonly #above: object[] = [];

  constructor(readonly whose: string) {}

  value(value: unknown, path: string): PlainValue {
    if (value === null || typeof value === 'boolean' || typeof value === 'string' || Number.isFinite(value)) return value as PlainValue;
    if (typeof value !== 'object') return this.#refuse(path, scalarAdvice(value));
    if (this.#above.includes(value)) return this.#refuse(path, 'holds itself; give a tree');
    if (this.#above.length >= DEEPEST) return this.#refuse(path, `lies more than ${DEEPEST} levels deep`);
    this.#above.push(value);
    const copy = Array.isArray(value) ? this.#list(value, path) : this.#object(value, path);
    this.#above.pop();
    return copy;
  }

  #list(list: readonly unknown[], path: string): PlainValue {
    return Array.from(list, (item, at) => this.value(item, `${path}[${at}]`));
  }

  #object(object: object, path: string): PlainValue {
    if (!isPlainObject(object)) return this.#refuse(path, strangerAdvice(object));
    const copy: Record<string, PlainValue> = {};
    for (const [key, inner] of Object.entries(object)) {
      if (inner === undefined) continue;
      const plain = this.value(inner, path ? `${path}.${key}` : key);
      // "__proto__" as a key of data must stay a key.
      if (key === '__proto__') Object.defineProperty(copy, key, { value: plain, enumerable: true, configurable: true, writable: true });
      else copy[key] = plain;
    }
    return copy;
  }

  #refuse(path: string, why: string): never {
    return fail('INVALID_ARGUMENT', `${this.whose} gave what is no plain data: ${path || 'the result'} ${why}`);
  }
}

/**
 * A copy of what an algorithm gave, so that it may go on changing its own; undefined stays undefined, and keys that hold it are left out.
 * `whose` stands before the complaint. @throws Fault INVALID_ARGUMENT naming the part that is no plain data
 */
export function plainCopy(value: unknown, whose: string): PlainValue | undefined {
  return value === undefined ? undefined : new PlainCopy(whose).value(value, '');
}
