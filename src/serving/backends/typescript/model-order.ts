import { fail } from '../../../core/index.js';
import type { ModelSpec } from '../../../models/instance.js';
import type { OutputRule } from './output-tensor.js';

/** What a model's thread must know; travels in the address of the module. */
export interface ModelOrder {
  readonly name: string;
  readonly version: number;
  /** Address of the file with the code. */
  readonly file: string;
  /** The version's folder. */
  readonly path: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** What the engine checks requests against; inputs that are not told are the engine's own. */
  readonly spec: ModelSpec;
  readonly outputs: readonly OutputRule[];
}

const KEY = 'order';

/** The address of `module` with the order in it. */
export function orderUrl(module: URL, order: ModelOrder): string {
  const url = new URL(module);
  url.searchParams.set(KEY, JSON.stringify(order));
  return url.href;
}

/** Reads what {@link orderUrl} wrote. @throws Fault INTERNAL */
export function readOrder(url: string): ModelOrder {
  const text = new URL(url).searchParams.get(KEY) ?? fail('INTERNAL', 'a model module was opened without an order');
  return JSON.parse(text) as ModelOrder;
}
