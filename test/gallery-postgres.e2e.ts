import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { galleryConformance, testFace, testVector } from '../dist/faces/gallery/conformance.js';
import { type Gallery, connectPostgres, openGallery } from '../dist/faces/index.js';
import { type PostgresProcess, postgresMissing, startPostgres } from './postgres-process.js';
import { ROOT } from './source.js';

const NOTE = { actor: 'test' };
const skip = postgresMissing();

async function seen(gallery: Gallery, holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) {
    const { promise, resolve } = waiting();
    const stop = gallery.watch(resolve);
    if (await holds()) resolve();
    await promise;
    stop();
  }
}

function waiting(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}

describe('the gallery in PostgreSQL', { skip }, () => {
  let server: PostgresProcess;
  let schemas = 0;
  before(async () => {
    server = await startPostgres();
  });
  after(() => server.stop());

  galleryConformance('PostgreSQL', {
    async create() {
      const place = { database: server.address, schema: `gallery_${schemas++}` };
      return {
        open: ({ now, ...policy } = {}) => openGallery({ ...place, ...policy }, now ? { now } : {}),
        openBeside: () => openGallery({ ...place, readOnly: true }),
      };
    },
  });

  test('another process enrols, and this one knows at once', async () => {
    await using gallery = await openGallery({ database: server.address, schema: 'shared' });
    const door = pathToFileURL(join(ROOT, 'dist/faces/index.js')).href;
    const conformance = pathToFileURL(join(ROOT, 'dist/faces/gallery/conformance.js')).href;
    const program = `
      const { openGallery } = await import('${door}');
      const { testFace } = await import('${conformance}');
      const gallery = await openGallery({ database: '${server.address}', schema: 'shared' });
      await gallery.enrol(testFace('Ada', 1), { actor: 'other' });
      await gallery.close();
    `;
    const { NODE_OPTIONS: _, ...env } = process.env;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], { env, stdio: ['ignore', 'inherit', 'inherit'] });
    const ended = once(child, 'close');
    await seen(gallery, async () => gallery.revision > 0);
    assert.equal((await gallery.nearest(testVector(1)))[0]!.person, 'Ada');
    assert.deepEqual(await ended, [0, null]);
  });

  test('servers that open and enrol at the same moment do not get in each other’s way', async () => {
    const galleries = await Promise.all(Array.from({ length: 4 }, () => openGallery({ database: server.address, schema: 'crowded' })));
    await Promise.all(galleries.flatMap((gallery, at) => [1, 2, 3].map((n) => gallery.enrol(testFace(`person ${at} ${n}`, at * 10 + n), NOTE))));
    const sequences: number[] = [];
    for await (const { sequence } of galleries[0]!.audit()) sequences.push(sequence);
    assert.equal(sequences.length, 12);
    for (const gallery of galleries) {
      await seen(gallery, async () => gallery.revision === 12);
      await gallery.close();
    }
  });

  test('changes are heard again after the connection that listens was lost', async () => {
    await using gallery = await openGallery({ database: server.address, schema: 'lost' });
    const database = await connectPostgres(server.address);
    await database.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND pid <> pg_backend_pid()`);
    await using other = await openGallery({ database: server.address, schema: 'lost' });
    await other.enrol(testFace('Ada', 1), NOTE);
    await seen(gallery, async () => gallery.revision === other.revision);
    await database.close();
  });

  test('a user that does not exist is told', async () => {
    const address = server.address.replace('ocellus@', 'nobody@');
    await assert.rejects(openGallery({ database: address }), {
      code: 'UNAUTHENTICATED',
      message: /cannot connect to 127\.0\.0\.1:\d+\/postgres: role "nobody"/,
    });
  });
});
