import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { createGrpcClient, createHttpClient, type InferenceClient } from '../client/index.js';
import { fail, Fault, type TensorSpec } from '../core/index.js';
import type { CliContext } from './context.js';

/** Options of commands that talk to a server. */
export interface ServerFlags {
  readonly url?: string;
  readonly protocol: 'grpc' | 'http';
  readonly token?: string;
  readonly header?: Readonly<Record<string, string>>;
  readonly ca?: string;
}

function addHeader(text: string, before: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const [, name, value] = /^([\w-]+):\s*(.*)$/.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new InvalidArgumentError('write NAME:VALUE');
  return { ...before, [name]: value };
}

/** Gives a command the options of {@link ServerFlags}. */
export function withServerOptions(command: Command): Command {
  return command
    .option('-u, --url <address>', 'server, as host:port or https://host:port (default: 127.0.0.1:8001, over http 127.0.0.1:8000)')
    .addOption(new Option('-i, --protocol <name>', 'protocol').choices(['grpc', 'http']).default('grpc'))
    .option('--token <text>', 'sent as authorization: Bearer (default: OCELLUS_TOKEN of the environment)')
    .option('-H, --header <name:value>', 'sent with every request; may be repeated', addHeader)
    .option('--ca <file>', "certificate of the server's authority, in PEM");
}

/** A client as the options say; nothing is connected yet. @throws Fault NOT_FOUND, INVALID_ARGUMENT */
export async function openClient(flags: ServerFlags, { cwd, env }: CliContext): Promise<InferenceClient> {
  const { protocol, url = protocol === 'grpc' ? '127.0.0.1:8001' : '127.0.0.1:8000', header } = flags;
  const token = flags.token ?? env['OCELLUS_TOKEN'];
  const ca =
    flags.ca === undefined
      ? undefined
      : await readFile(resolve(cwd, flags.ca)).catch((error: unknown) => fail('NOT_FOUND', `--ca: cannot read ${flags.ca}`, error));
  const options = { ...(token !== undefined && { token }), ...(header && { headers: header }), ...(ca && { tls: { ca } }) };
  return protocol === 'grpc' ? createGrpcClient(url, options) : createHttpClient(url, { ...options, connections: 4096 });
}

/** What a server says of a model that is to be run. */
export interface ModelFacts {
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  /** Rows of one request at most; 0 for a model without a batch axis. */
  readonly maxBatch: number;
}

/** Asks for inputs, outputs and batch of a model. A server that keeps no configurations batches where a first axis is open. @throws Fault */
export async function askModel(client: InferenceClient, model: string, version: string, signal: AbortSignal): Promise<ModelFacts> {
  const { inputs, outputs } = await client.modelMetadata(model, { version, signal });
  const config = await client.modelConfig(model, { version, signal }).catch((error: unknown) => {
    if (error instanceof Fault && ['NOT_FOUND', 'UNSUPPORTED', 'METHOD_NOT_ALLOWED'].includes(error.code)) return undefined;
    throw error;
  });
  const open = inputs.length > 0 && inputs.every(({ shape }) => shape[0] === -1);
  return { inputs, outputs, maxBatch: config ? config.maxBatchSize : open ? Infinity : 0 };
}
