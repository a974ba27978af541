import type { ModelSpec } from '../../../models/instance.js';
import type { OutputRule } from './output-tensor.js';

/** What a model's thread must know; plain data. */
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
