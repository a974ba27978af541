import { fail } from '../../core/index.js';
import { type JsonObject, writeJson } from '../../wire/index.js';
import { guarded, type Handler } from './context.js';

function whole(body: JsonObject, name: string): bigint {
  const value = body.get(name) ?? 0;
  if ((typeof value === 'bigint' || Number.isSafeInteger(value)) && (value as number) >= 0) return BigInt(value as number);
  return fail('INTERNAL', 'attempt to access JSON non-unsigned-integer as unsigned-integer');
}

/** System shared memory: what is registered, register, unregister. */
export const systemSharedMemory: Handler = guarded('shared-memory', async (exchange, { server }, [region = '', action]) => {
  exchange.only(action === 'status' ? 'GET' : 'POST');
  const { sharedMemory } = server;
  if (action === 'status') {
    const regions = (await sharedMemory.status(region)).map(({ name, key, offset, byteSize }) => ({ name, key, offset, byte_size: byteSize }));
    return exchange.replyJson(writeJson(regions));
  }
  if (action === 'unregister') {
    await sharedMemory.unregister(region);
    return exchange.reply(200);
  }
  if (region === '') fail('INVALID_ARGUMENT', "'region name' is necessary to register system shared memory region");
  const body = await exchange.json();
  const key = body.get('key') ?? fail('INVALID_ARGUMENT', "Shared memory register request has no 'key' field");
  if (typeof key !== 'string') return fail('INTERNAL', 'attempt to access JSON non-string as string');
  if (!body.has('byte_size')) fail('INVALID_ARGUMENT', "Shared memory register request has no 'byte_size' field");
  await sharedMemory.register({ name: region, key, offset: whole(body, 'offset'), byteSize: whole(body, 'byte_size') });
  exchange.reply(200);
});

/** CUDA shared memory: there is none on this build, which is said as Triton's build without a GPU says it. */
export const cudaSharedMemory: Handler = guarded('shared-memory', async (exchange, _, [region = '', action]) => {
  exchange.only(action === 'status' ? 'GET' : 'POST');
  if (action === 'status' && region === '') return exchange.replyJson('[]');
  if (action === 'status') return fail('NOT_FOUND', `Unable to find cuda shared memory region: '${region}'`);
  if (action === 'unregister') return exchange.reply(200);
  if (region === '') fail('INVALID_ARGUMENT', "'region name' is necessary to register cuda shared memory region");
  await exchange.body();
  fail('INVALID_ARGUMENT', `failed to register CUDA shared memory region: '${region}', GPUs not supported`);
});
