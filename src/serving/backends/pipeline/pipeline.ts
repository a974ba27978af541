import { access, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Fault, fail, Scope, type Tensor, toFault, toLine } from '../../../core/index.js';
import { createMedia, type Media } from '../../../media/index.js';
import { loadConfig, openPipeline, type Pipeline } from '../../../pipeline/index.js';
import { create, DataType, type ModelConfig, ModelInputSchema, ModelOutputSchema } from '../../../wire/index.js';
import { openPicture } from '../image/opened-picture.js';
import type { Backend, BackendModel, BackendRequest, BackendResponse, VersionOrder } from '../port.js';
import { FEED_URI, PictureFeed } from './picture-feed.js';

const FILES = ['pipeline.yaml', 'pipeline.yml', 'pipeline.json'];

/** A request whose picture is in the pipeline. */
interface Waiting {
  readonly resolve: (line: string) => void;
  readonly reject: (fault: Fault) => void;
}

/** A pipeline that stays open; pictures go in one by one, and come out in their order. */
class PipelineModel implements BackendModel {
  readonly #waiting: Waiting[] = [];
  readonly #done: Promise<void>;
  #gone: Fault | undefined;
  #files = 0;

  constructor(
    readonly name: string,
    readonly pipeline: Pipeline,
    readonly feed: PictureFeed,
    readonly media: Media,
    readonly folder: string,
    readonly scope: Scope,
  ) {
    this.#done = this.#drive();
  }

  async #drive(): Promise<void> {
    try {
      for await (const result of this.pipeline.results()) {
        using held = result;
        this.#waiting.shift()?.resolve(toLine(held.meta));
      }
      this.#gone = new Fault('UNAVAILABLE', `model '${this.name}': its pipeline has ended`);
    } catch (error) {
      const fault = toFault(error, 'INTERNAL');
      this.#gone = new Fault(fault.code, `model '${this.name}': its pipeline failed, load it again: ${fault.message}`, { cause: fault });
    }
    for (const { reject } of this.#waiting.splice(0)) reject(this.#gone);
  }

  async infer({ inputs }: BackendRequest): Promise<BackendResponse> {
    const [{ data }] = inputs as readonly [Tensor];
    const [bytes] = data as readonly Uint8Array[];
    await using picture = await openPicture(this.media, bytes ?? new Uint8Array(0), this.folder, String(this.#files++));
    if (this.#gone) throw this.#gone;
    const line = await new Promise<string>((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.feed.push(picture.frame);
    });
    return { outputs: [{ name: 'RESULT', datatype: 'BYTES', shape: [1], data: [new TextEncoder().encode(line.trimEnd())] }] };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.feed.end();
    await this.#done;
    await this.scope[Symbol.asyncDispose]();
  }
}

async function fileOf({ defaultModelFilename }: ModelConfig, path: string): Promise<string> {
  for (const file of new Set([...(defaultModelFilename === '' ? [] : [defaultModelFilename]), ...FILES])) {
    const there = await access(join(path, file)).then(
      () => true,
      () => false,
    );
    if (there) return join(path, file);
  }
  return fail('NOT_FOUND', `${path} holds no ${FILES[0]}`);
}

function complete(config: ModelConfig): Promise<void> {
  const text = (name: string) => ({ name, dataType: DataType.TYPE_STRING, dims: [1n] });
  if (config.input.length === 0) config.input = [create(ModelInputSchema, text('IMAGE'))];
  if (config.output.length === 0) config.output = [create(ModelOutputSchema, text('RESULT'))];
  return Promise.resolve();
}

function checkIo({ name, input, output, maxBatchSize }: ModelConfig): void {
  const text = (io: ModelConfig['input'][number] | ModelConfig['output'][number]): boolean =>
    io.dataType === DataType.TYPE_STRING && io.dims.length === 1 && io.dims[0] === 1n;
  if (maxBatchSize === 0 && input.length === 1 && text(input[0]!) && output.length === 1 && text(output[0]!) && output[0]!.name === 'RESULT') return;
  fail(
    'INVALID_ARGUMENT',
    `model '${name}' of backend pipeline takes one picture (data_type TYPE_STRING, dims [ 1 ], max_batch_size 0) and gives RESULT (TYPE_STRING, dims [ 1 ]); leave input and output out`,
  );
}

async function open({ config, path, engine, log }: VersionOrder): Promise<BackendModel> {
  checkIo(config);
  const { sources: _, outputs: __, sinks: ___, ...graph } = await loadConfig(await fileOf(config, path), {});
  await using scope = new Scope();
  const folder = await mkdtemp(join(tmpdir(), 'ocellus-pipeline-'));
  scope.defer(() => rm(folder, { recursive: true, force: true }));
  const feed = new PictureFeed();
  const pipeline = scope.use(
    await openPipeline({ ...graph, sources: { request: FEED_URI } }, { media: feed.media, engine, log, algorithmFolders: [path] }),
  );
  return new PipelineModel(config.name, pipeline, feed, createMedia(), folder, scope.move());
}

/** A graph of nodes as a model: a picture in, what was found on it as one line of results.jsonl out. */
export const pipelineBackend: Backend = { names: ['pipeline'], files: FILES, complete, open };
