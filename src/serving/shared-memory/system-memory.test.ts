import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { createSharedMemory } from './system-memory.js';

const here = { skip: existsSync('/dev/shm') ? false : 'this machine has no /dev/shm' };
const HEAD = { name: 'O', datatype: 'UINT8', shape: [1] } as const;

test('a region is read and written where it lies, and no further', here, () => {
  const key = `/ocellus-test-${process.pid}`;
  writeFileSync(
    `/dev/shm${key}`,
    Uint8Array.from({ length: 64 }, (_, i) => i),
  );
  const memory = createSharedMemory(true);
  try {
    memory.register({ name: 'r', key, offset: 16n, byteSize: 32n });
    assert.deepEqual(memory.status(''), [{ name: 'r', key, offset: 16n, byteSize: 32n }]);
    assert.deepEqual([...memory.read({ region: 'r', offsetBytes: 4, sizeBytes: 2 })], [20, 21]);
    memory.write({ region: 'r', offsetBytes: 0, sizeBytes: 4 }, Uint8Array.of(9, 8), HEAD);
    assert.deepEqual([...readFileSync(`/dev/shm${key}`).subarray(15, 19)], [15, 9, 8, 18]);
    const refused = (run: () => unknown, code: string, message: RegExp | string): void => assert.throws(run, { code, message });
    refused(() => memory.read({ region: 'x', offsetBytes: 0, sizeBytes: 1 }), 'NOT_FOUND', "Unable to find shared memory region: 'x'");
    refused(() => memory.read({ region: 'r', offsetBytes: 32, sizeBytes: 0 }), 'INVALID_ARGUMENT', "Invalid offset for shared memory region: 'r'");
    refused(
      () => memory.read({ region: 'r', offsetBytes: 31, sizeBytes: 2 }),
      'INVALID_ARGUMENT',
      "Invalid offset + byte size for shared memory region: 'r'",
    );
    refused(() => memory.write({ region: 'r', offsetBytes: 0, sizeBytes: 1 }, Uint8Array.of(1, 2), HEAD), 'INTERNAL', /at least 2 bytes/);
    refused(() => memory.register({ name: 'r', key, offset: 0n, byteSize: 1n }), 'ALREADY_EXISTS', "shared memory region 'r' already in manager");
    refused(
      () => memory.register({ name: 's', key, offset: 60n, byteSize: 5n }),
      'INVALID_ARGUMENT',
      "failed to register shared memory region 's': invalid args",
    );
    refused(() => memory.register({ name: 's', key: '../etc/passwd', offset: 0n, byteSize: 1n }), 'INTERNAL', /Unable to open shared memory region/);
    refused(
      () => memory.register({ name: 's', key: '/triton_python_backend_shm_region_1', offset: 0n, byteSize: 1n }),
      'INVALID_ARGUMENT',
      /invalid args/,
    );
    memory.unregister('nothing');
    memory.unregister('r');
    refused(() => memory.status('r'), 'NOT_FOUND', /Unable to find system shared memory region: 'r'/);
  } finally {
    memory.close();
    rmSync(`/dev/shm${key}`);
  }
});

test('without leave there is none', () => {
  assert.throws(() => createSharedMemory(false).register({ name: 'r', key: '/k', offset: 0n, byteSize: 1n }), {
    code: 'UNSUPPORTED',
    message: "Client shared memory is disabled. Start the server with '--allow-client-shm=true' to enable.",
  });
});
