import type { ModelSpec } from '../../../models/instance.js';

/** What the thread that looks after a Python process must know; plain data. */
export interface PythonOrder {
  readonly name: string;
  readonly version: number;
  /** Path of model.py. */
  readonly file: string;
  /** The model's folder. */
  readonly path: string;
  /** The interpreter. */
  readonly python: string;
  /** The configuration, as JSON of Triton's. */
  readonly config: string;
  readonly decoupled: boolean;
  readonly spec: ModelSpec;
}

/** What `initialize` is given, as Triton's Python backend gives it. */
export const initializeArguments = ({ name, version, path, config }: PythonOrder, instance: number): Readonly<Record<string, string>> => ({
  model_config: config,
  model_instance_kind: 'CPU',
  model_instance_name: `${name}_${instance}`,
  model_instance_device_id: '0',
  model_repository: path,
  model_version: String(version),
  model_name: name,
});
