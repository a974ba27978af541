import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { type ModelSource, createZoo, resolveModel, zooOptions } from 'ocellus/models';

/** The networks of the development assets, where they are and the environment names no others. */
const ASSETS = { OCELLUS_MODEL_MIRROR: resolve(import.meta.dirname, '../../shared/assets/models') };

const zoo = createZoo(zooOptions({ ...ASSETS, ...process.env }, { platform: process.platform, home: homedir(), cwd: process.cwd() }));

/** The catalogue as the environment says. */
export const benchModels: ModelSource = zoo;

/** Path of a model's ONNX file. */
export async function modelPath(name: string): Promise<string> {
  return (await resolveModel(name, zoo.options)).path;
}
