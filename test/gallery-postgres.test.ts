import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PGlite } from '@electric-sql/pglite';
import { vector } from '@electric-sql/pglite-pgvector';
import { galleryConformance, testFace, testVector } from '../dist/faces/gallery/conformance.js';
import { connectPostgres } from '../dist/faces/gallery/postgres/pg-database.js';
import { openGalleryIn } from '../dist/faces/gallery/postgres/postgres-gallery.js';
import type { SqlDatabase, SqlQuery } from '../dist/faces/gallery/postgres/sql-database.js';
import { type Face, openGallery } from '../dist/faces/index.js';

/** PostgreSQL inside the process; closing a gallery leaves it open. */
function inProcess(lite: PGlite): SqlDatabase {
  const queryOf =
    (client: Pick<PGlite, 'query'>): SqlQuery =>
    async (text, parameters = []) =>
      (await client.query(text, [...parameters])).rows as never;
  return {
    query: queryOf(lite),
    transaction: (work) => lite.transaction((client) => work(queryOf(client as unknown as PGlite))),
    listen: (channel, heard) => lite.listen(channel, heard),
    close: async () => {},
  };
}

const lite = new PGlite({ extensions: { vector } });
let schemas = 0;

galleryConformance('PostgreSQL in the process', {
  async create() {
    const schema = `gallery "${schemas++}"`;
    return {
      open: (options = {}) => openGalleryIn(inProcess(lite), { schema, ...options }),
      openBeside: () => openGalleryIn(inProcess(lite), { schema, readOnly: true }),
    };
  },
});

test('from many faces on an index of the vectors is made, found again, and used', async () => {
  const schema = 'indexed';
  await using gallery = await openGalleryIn(inProcess(lite), { schema, indexFrom: 50 });
  await gallery.enrolAll(
    Array.from({ length: 60 }, (_, seed) => testFace(`person ${seed}`, seed + 1)),
    { actor: 'test' },
  );
  await using again = await openGalleryIn(inProcess(lite), { schema });
  for (const each of [gallery, again]) assert.equal((await each.nearest(testVector(7)))[0]!.person, 'person 6');
  await lite.exec('SET enable_seqscan = off');
  const plan = await lite.query<{ 'QUERY PLAN': string }>(
    `EXPLAIN SELECT id FROM indexed.faces WHERE model = 'test-net@1' ORDER BY vector::vector(64) <=> '[${testVector(7).values.join(',')}]'::vector(64) LIMIT 1`,
  );
  await lite.exec('RESET enable_seqscan');
  assert.ok(plan.rows.some((row) => row['QUERY PLAN'].includes('Index Scan using faces_vector_')));
});

test('an entry of the audit log that was changed in the table is told', async () => {
  await using gallery = await openGalleryIn(inProcess(lite), { schema: 'changed' });
  await gallery.enrol(testFace('Ada', 1), { actor: 'test' });
  await gallery.enrol(testFace('Bob', 2), { actor: 'test' });
  await lite.query(`UPDATE changed.audit SET entry = replace(entry, 'Ada', 'Eve') WHERE sequence = 1`);
  await assert.rejects(
    async () => {
      for await (const _ of gallery.audit());
    },
    { code: 'INTEGRITY', message: /entry 1 was changed/ },
  );
});

test('an error of the database in the middle of a batch leaves nothing of it', async () => {
  const database = inProcess(lite);
  await using gallery = await openGalleryIn(database, { schema: 'broken' });
  await lite.exec(`ALTER TABLE broken.faces ADD CHECK (person <> 'Bob')`);
  await assert.rejects(gallery.enrolAll([testFace('Ada', 1), testFace('Bob', 2)], { actor: 'test' }), { code: 'UNAVAILABLE' });
  assert.equal((await gallery.counts()).faces, 0);
  assert.equal(((await gallery.enrolAll([testFace('Ada', 1)], { actor: 'test' }))[0] as Face).person, 'Ada');
});

test('a reader without tables, and a database that is not reached, are told', async () => {
  await assert.rejects(openGalleryIn(inProcess(lite), { schema: 'none', readOnly: true }), { code: 'NOT_FOUND', message: /schema "none"/ });
  await assert.rejects(connectPostgres('postgres://user:secret@127.0.0.1:9/db'), (error: Error & { code: string }) => {
    assert.equal(error.code, 'UNAVAILABLE');
    assert.match(error.message, /^cannot connect to 127\.0\.0\.1:9\/db: /);
    return !error.message.includes('secret');
  });
});

test('a key for a database is refused with the reason', async () => {
  const opening = openGallery({ database: 'postgres://127.0.0.1:9/db' }, { key: { passphrase: 'correct horse' } });
  await assert.rejects(opening, { code: 'UNSUPPORTED', message: /must see the vectors to compare them/ });
});

test('the database in the process closes', () => lite.close());
