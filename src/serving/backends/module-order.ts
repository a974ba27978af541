import { fail } from '../../core/index.js';

const KEY = 'order';

/** The address of a module of ours with what it must know in it, as JSON: how an order reaches the thread that opens the module. */
export function orderUrl(module: URL, order: unknown): string {
  const url = new URL(module);
  url.searchParams.set(KEY, JSON.stringify(order));
  return url.href;
}

/** Reads what {@link orderUrl} wrote. @throws Fault INTERNAL */
export function readOrder<T>(url: string): T {
  const text = new URL(url).searchParams.get(KEY) ?? fail('INTERNAL', 'a model module was opened without an order');
  return JSON.parse(text) as T;
}
