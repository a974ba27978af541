import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { createSharedRegion, tensor } from './index.js';

const skip = existsSync('/dev/shm') ? false : 'needs /dev/shm';

test('tensors are laid one behind the other and read back; the object goes with the region', { skip }, () => {
  const name = `ocellus-test-${randomUUID()}`;
  {
    using region = createSharedRegion(name, 256);
    const first = region.write({ name: 'a', ...tensor('INT32', [2], [1, 2]) });
    const second = region.write({ name: 'b', ...tensor('BYTES', [2], ['x', 'yz']) });
    assert.deepEqual(first.shared, { region: name, offsetBytes: 0, sizeBytes: 8 });
    assert.deepEqual(second.shared, { region: name, offsetBytes: 64, sizeBytes: 11 });
    assert.deepEqual([...readFileSync(`/dev/shm/${name}`).subarray(0, 8)], [1, 0, 0, 0, 2, 0, 0, 0]);
    assert.deepEqual(region.read(first), { name: 'a', ...tensor('INT32', [2], [1, 2]) });
    // A place for an output is larger than what the server writes there.
    const roomy = { ...second, shared: { ...second.shared, sizeBytes: 100 } };
    assert.deepEqual((region.read(roomy).data as Uint8Array[]).map((bytes) => new TextDecoder().decode(bytes)), ['x', 'yz']); // prettier-ignore
    assert.throws(() => region.reserve(200), { code: 'RESOURCE_EXHAUSTED', message: /has 256 bytes; 200 from 128 on do not fit/ });
    region.rewind();
    assert.equal(region.reserve(256).offsetBytes, 0);
    assert.throws(() => createSharedRegion(name, 1), { code: 'ALREADY_EXISTS' });
  }
  assert.equal(existsSync(`/dev/shm/${name}`), false);
});

test('names and sizes that cannot be are refused', () => {
  for (const name of ['', 'a/b', '../x']) assert.throws(() => createSharedRegion(name, 1), { code: 'INVALID_ARGUMENT' });
  assert.throws(() => createSharedRegion('a', 0), { code: 'INVALID_ARGUMENT' });
});
