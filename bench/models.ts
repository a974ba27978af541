import { homedir } from 'node:os';
import { type ModelSource, createZoo, resolveModel, zooOptions } from 'ocellus/models';

const zoo = createZoo(zooOptions(process.env, { platform: process.platform, home: homedir(), cwd: process.cwd() }));

/** The catalogue as the environment says. */
export const benchModels: ModelSource = zoo;

/** Path of a model's ONNX file. */
export async function modelPath(name: string): Promise<string> {
  return (await resolveModel(name, zoo.options)).path;
}
