import { mkdir, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { fail } from '../../core/index.js';
import { create, ModelConfigSchema, printTextProto } from '../../wire/index.js';

/** A repository made for one file. */
export interface SingleModel extends AsyncDisposable {
  readonly repository: string;
  /** Under which it is served: the file's name without its ending. */
  readonly name: string;
}

/** Makes a repository of one version of one ONNX file; the file stays where it is. @throws Fault NOT_FOUND, UNSUPPORTED */
export async function singleModel(file: string): Promise<SingleModel> {
  const path = resolve(file);
  if (extname(path).toLowerCase() !== '.onnx')
    fail('UNSUPPORTED', `${file}: one file is served when it ends in .onnx; name a model repository otherwise`);
  if (!(await stat(path).catch(() => undefined))?.isFile()) fail('NOT_FOUND', `${file}: there is no such file`);
  const name = basename(path, extname(path));
  const repository = await mkdtemp(join(tmpdir(), 'ocellus-serve-'));
  await mkdir(join(repository, name));
  // The folder, not the file: weights that lie beside the model are found then.
  await symlink(dirname(path), join(repository, name, '1'), 'junction');
  const config = create(ModelConfigSchema, { backend: 'onnxruntime', defaultModelFilename: basename(path) });
  await writeFile(join(repository, name, 'config.pbtxt'), printTextProto(ModelConfigSchema, config));
  return { repository, name, [Symbol.asyncDispose]: () => rm(repository, { recursive: true, force: true }) };
}
