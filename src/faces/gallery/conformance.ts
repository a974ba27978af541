import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { Fault } from '../../core/index.js';
import { random } from '../../testing/fuzz.js';
import type { FaceVector } from '../port.js';
import type { AuditEntry } from './audit-chain.js';
import type { Face, Gallery, NewFace } from './port.js';
import type { GalleryPolicy } from './settings.js';

/** A store brought to its conformance test: opens an empty gallery of its own, and the same one again. */
export interface GalleryFixture {
  /** A place for one gallery. */
  create(): Promise<GalleryPlace>;
  close?(): Promise<void>;
}

/** Where one gallery lies. */
export interface GalleryPlace {
  /** Opens the gallery as one that writes; what `options` leave out is as by default. */
  open(options?: Partial<GalleryPolicy> & { readonly now?: () => number }): Promise<Gallery>;
  /** Opens it beside one that writes, as another process would. */
  openBeside(): Promise<Gallery>;
}

const NOTE = { actor: 'test', reason: 'conformance' } as const;
const DIMENSIONS = 64;
const MODEL = 'test-net@1';

/** A direction that belongs to `seed`; another `shade` of it is near, as another picture of one person is. */
export function testVector(seed: number, shade = 0, model = MODEL, dimensions = DIMENSIONS): FaceVector {
  const next = random(seed);
  const more = random(1000 * seed + shade);
  const raw = Float32Array.from({ length: dimensions }, () => next() - 0.5 + (shade === 0 ? 0 : (more() - 0.5) * 0.6));
  const length = Math.hypot(...raw);
  return { model, values: raw.map((value) => value / length) };
}

/** A face to enrol: picture `shade` of person `seed`. */
export function testFace(person: string, seed: number, shade = 0, more: Partial<NewFace> = {}): NewFace {
  const source = `${person}-${shade}.jpg`;
  return { person, vector: testVector(seed, shade), source, digest: createHash('sha256').update(`${seed} ${shade}`).digest('hex'), ...more };
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

const auditOf = async (gallery: Gallery): Promise<AuditEntry[]> => all(gallery.audit());

type Case = (place: GalleryPlace) => Promise<void>;

const enrolment: Record<string, Case> = {
  'a face is known once it is enrolled, and after opening again': async (place) => {
    const enrolled = await use(place, async (gallery) => {
      const face = await gallery.enrol(testFace('Ada', 1, 0, { quality: 0.9, chip: Uint8Array.of(1, 2, 3) }), NOTE);
      assert.equal(face.person, 'Ada');
      assert.equal(face.hasChip, true);
      assert.deepEqual(await gallery.nearest(testVector(1, 0)), [
        { face: face.id, person: 'Ada', distance: (await gallery.nearest(testVector(1, 0)))[0]!.distance },
      ]);
      assert.ok((await gallery.nearest(testVector(1, 0)))[0]!.distance < 1e-3);
      return face;
    });
    await use(place, async (gallery) => {
      assert.deepEqual(await gallery.faces('Ada'), [enrolled]);
      const [stored] = await all(gallery.stored());
      assert.deepEqual({ ...stored!.vector }, testVector(1, 0));
      assert.deepEqual([...stored!.chip!], [1, 2, 3]);
      assert.deepEqual(await gallery.counts(), { people: 1, faces: 1, models: { [MODEL]: 1 } });
    });
  },

  'the nearest come first, with their names and cosine distances': async (place) => {
    await use(place, async (gallery) => {
      await gallery.enrolAll(
        [1, 2, 3, 4].flatMap((seed) => [1, 2, 3].map((shade) => testFace(`person ${seed}`, seed, shade))),
        NOTE,
      );
      const matches = await gallery.nearest(testVector(3, 9), 5);
      assert.equal(matches.length, 5);
      assert.deepEqual(
        matches.slice(0, 3).map(({ person }) => person),
        ['person 3', 'person 3', 'person 3'],
      );
      const { values } = testVector(3, 9);
      const stored = new Map((await all(gallery.stored())).map((face) => [face.id, face.vector.values]));
      matches.forEach(({ face, distance }, rank) => {
        const cosine = stored.get(face)!.reduce((sum, value, i) => sum + value * values[i]!, 0);
        assert.ok(Math.abs(distance - (1 - cosine)) < 1e-3);
        if (rank > 0) assert.ok(distance >= matches[rank - 1]!.distance);
      });
    });
  },

  'the same picture is refused and names where it is': async (place) => {
    await use(place, async (gallery) => {
      const { id } = await gallery.enrol(testFace('Ada', 1), NOTE);
      await assert.rejects(gallery.enrol(testFace('Bob', 2, 0, { digest: testFace('Ada', 1).digest }), NOTE), {
        code: 'ALREADY_EXISTS',
        message: `Bob-0.jpg: this picture is already enrolled, as face ${id} of "Ada" (Ada-0.jpg)`,
      });
    });
  },

  'nearly the same face under another name is refused and names it; under its own name it is taken': async (place) => {
    await use(place, async (gallery) => {
      await gallery.enrol(testFace('Ada', 1), NOTE);
      const again = testFace('Bob', 2, 0, { vector: testVector(1) });
      await assert.rejects(gallery.enrol(again, NOTE), {
        code: 'ALREADY_EXISTS',
        message: /nearly the same face is enrolled as "Ada" .*cannot be "Bob"/,
      });
      assert.equal((await gallery.enrol({ ...again, person: 'Ada' }, NOTE)).person, 'Ada');
      const [accepted] = await gallery.enrolAll([testFace('Twin', 1, 0, { digest: 'f'.repeat(64) })], NOTE, { similar: 'accept' });
      assert.equal((accepted as Face).person, 'Twin');
    });
  },

  'of many, each is answered for itself, and duplicates among them are seen': async (place) => {
    await use(place, async (gallery) => {
      const answers = await gallery.enrolAll(
        [
          testFace('Ada', 1),
          testFace('Ada', 1, 0, { source: 'copy.jpg' }),
          testFace('Bob', 2, 0, { vector: testVector(1) }),
          testFace('', 3),
          testFace('Eve', 4, 0, { vector: { model: MODEL, values: new Float32Array(DIMENSIONS) } }),
          testFace('Eve', 4, 0, { vector: testVector(4, 0, MODEL, DIMENSIONS * 2) }),
          testFace('Eve', 4),
        ],
        NOTE,
      );
      assert.deepEqual(
        answers.map((answer) => (answer instanceof Fault ? answer.code : answer.person)),
        ['Ada', 'ALREADY_EXISTS', 'ALREADY_EXISTS', 'INVALID_ARGUMENT', 'INVALID_ARGUMENT', 'INVALID_ARGUMENT', 'Eve'],
      );
      assert.equal((await gallery.counts()).faces, 2);
    });
  },

  'vectors of two models never meet': async (place) => {
    await use(place, async (gallery) => {
      await gallery.enrol(testFace('Ada', 1), NOTE);
      const other = { ...testVector(1), model: 'other-net@2' };
      assert.deepEqual(await gallery.nearest(other), []);
      await gallery.enrol(testFace('Bob', 1, 0, { vector: other }), NOTE);
      assert.deepEqual(
        (await gallery.nearest(other, 5)).map(({ person }) => person),
        ['Bob'],
      );
      assert.deepEqual((await gallery.counts()).models, { [MODEL]: 1, 'other-net@2': 1 });
      await assert.rejects(gallery.nearest(testVector(1, 0, MODEL, 32)), { code: 'INVALID_ARGUMENT', message: /32 numbers.*have 64/ });
    });
  },
};

const people: Record<string, Case> = {
  'a renamed person keeps the faces; a taken name is refused': async (place) => {
    await use(place, async (gallery) => {
      await gallery.enrolAll([testFace('Ada', 1), testFace('Ada', 1, 2), testFace('Bob', 2)], NOTE);
      await assert.rejects(gallery.rename('Ada', 'Bob', NOTE), { code: 'ALREADY_EXISTS' });
      await assert.rejects(gallery.rename('Adda', 'Eve', NOTE), { code: 'NOT_FOUND', message: /nobody is enrolled as "Adda"/ });
      await gallery.rename('Ada', ' Ada Lovelace ', NOTE);
      assert.deepEqual(await gallery.people(), [
        { name: 'Ada Lovelace', faces: 2 },
        { name: 'Bob', faces: 1 },
      ]);
    });
    await use(place, async (gallery) => assert.equal((await gallery.nearest(testVector(1)))[0]!.person, 'Ada Lovelace'));
  },

  'merged people are one, under the second name': async (place) => {
    await use(place, async (gallery) => {
      await gallery.enrolAll([testFace('Ada', 1), testFace('Augusta', 1, 2), testFace('Augusta', 1, 3)], NOTE);
      await assert.rejects(gallery.merge('Ada', 'Ada', NOTE), { code: 'INVALID_ARGUMENT' });
      await assert.rejects(gallery.merge('Ada', 'Nobody', NOTE), { code: 'NOT_FOUND' });
      await gallery.merge('Ada', 'Augusta', NOTE);
      assert.deepEqual(await gallery.people(), [{ name: 'Augusta', faces: 3 }]);
      assert.deepEqual(
        (await gallery.faces('Augusta')).map(({ person }) => person),
        ['Augusta', 'Augusta', 'Augusta'],
      );
    });
  },

  'a deleted face and a deleted person are found no more, then and after opening again': async (place) => {
    await use(place, async (gallery) => {
      const [first] = (await gallery.enrolAll([testFace('Ada', 1), testFace('Ada', 1, 2), testFace('Bob', 2), testFace('Eve', 3)], NOTE)) as Face[];
      await gallery.deleteFace(first!.id, NOTE);
      assert.equal((await gallery.faces('Ada')).length, 1);
      assert.equal(await gallery.deletePerson('Bob', NOTE), 1);
      await assert.rejects(gallery.deletePerson('Bob', NOTE), { code: 'NOT_FOUND' });
      await assert.rejects(gallery.deleteFace(first!.id, NOTE), { code: 'NOT_FOUND' });
      await gallery.enrol(testFace('Ada', 1), NOTE);
      assert.notEqual((await gallery.nearest(testVector(1)))[0]!.face, first!.id);
    });
    await use(place, async (gallery) => {
      assert.deepEqual(
        (await gallery.people()).map(({ name }) => name),
        ['Ada', 'Eve'],
      );
      assert.ok((await gallery.nearest(testVector(2), 10)).every(({ person }) => person !== 'Bob'));
    });
  },

  'a number is never given twice, even after the last face went': async (place) => {
    const first = await use(place, async (gallery) => {
      const { id } = await gallery.enrol(testFace('Ada', 1), NOTE);
      await gallery.deletePerson('Ada', NOTE);
      return id;
    });
    await use(place, async (gallery) => assert.ok((await gallery.enrol(testFace('Ada', 1), NOTE)).id > first));
  },

  'a replaced vector answers for its new model, and keeps its chip': async (place) => {
    await use(place, async (gallery) => {
      const { id } = await gallery.enrol(testFace('Ada', 1, 0, { chip: Uint8Array.of(7) }), NOTE);
      const renewed = testVector(5, 0, 'new-net@2', 128);
      await gallery.replaceVector(id, renewed, NOTE);
      assert.deepEqual(await gallery.nearest(testVector(1)), []);
      assert.equal((await gallery.nearest(renewed))[0]!.face, id);
      const [stored] = await all(gallery.stored());
      assert.deepEqual([stored!.model, [...stored!.chip!]], ['new-net@2', [7]]);
    });
  },
};

const DAY_MS = 86_400_000;

const lawful: Record<string, Case> = {
  'consent is asked for where the policy says so, and kept': async (place) => {
    await use(
      place,
      async (gallery) => {
        await assert.rejects(gallery.enrol(testFace('Ada', 1), NOTE), {
          code: 'FAILED_PRECONDITION',
          message: /Ada-0\.jpg: .*no face without consent/,
        });
        const consent = { by: 'Ada', at: '2026-01-02T03:04:05.000Z', basis: 'form 12' };
        assert.deepEqual((await gallery.enrol(testFace('Ada', 1, 0, { consent }), NOTE)).consent, consent);
        await assert.rejects(gallery.enrol(testFace('Bob', 2, 0, { consent: { ...consent, at: 'yesterday' } }), NOTE), {
          message: /consent\.at: "yesterday"/,
        });
      },
      { requireConsent: true },
    );
  },

  'a face past its expiry is forgotten, at a search and at opening': async (place) => {
    let nowMs = Date.parse('2026-03-01T00:00:00Z');
    const options = { retentionDays: 10, now: () => nowMs };
    await use(
      place,
      async (gallery) => {
        assert.equal((await gallery.enrol(testFace('Ada', 1), NOTE)).expiresAt, '2026-03-11T00:00:00.000Z');
        const early = await gallery.enrol(testFace('Bob', 2, 0, { expiresAt: '2026-03-03T00:00:00+00:00' }), NOTE);
        assert.equal(early.expiresAt, '2026-03-03T00:00:00.000Z');
        assert.equal((await gallery.enrol(testFace('Eve', 3, 0, { expiresAt: '2027-01-01' }), NOTE)).expiresAt, '2026-03-11T00:00:00.000Z');
        await assert.rejects(gallery.enrol(testFace('Old', 4, 0, { expiresAt: '2026-02-01' }), NOTE), {
          code: 'INVALID_ARGUMENT',
          message: /is past/,
        });
        nowMs += 3 * DAY_MS;
        assert.ok((await gallery.nearest(testVector(2), 10)).every(({ person }) => person !== 'Bob'));
        assert.deepEqual(
          (await gallery.people()).map(({ name }) => name),
          ['Ada', 'Eve'],
        );
      },
      options,
    );
    nowMs += 30 * DAY_MS;
    await use(
      place,
      async (gallery) => {
        assert.equal((await gallery.counts()).faces, 0);
        const expired = (await auditOf(gallery)).filter(({ action }) => action === 'expired').toSorted((a, b) => a.person.localeCompare(b.person));
        assert.deepEqual(
          expired.map(({ person, actor }) => `${person} by ${actor}`),
          ['Ada by retention', 'Bob by retention', 'Eve by retention'],
        );
      },
      options,
    );
  },

  'a change without an actor is refused, and nothing of it happens': async (place) => {
    await use(place, async (gallery) => {
      await assert.rejects(gallery.enrol(testFace('Ada', 1), { actor: ' ' }), { code: 'INVALID_ARGUMENT', message: /note\.actor/ });
      await gallery.enrol(testFace('Ada', 1), NOTE);
      await assert.rejects(gallery.deletePerson('Ada', { actor: '' }), { code: 'INVALID_ARGUMENT' });
      assert.equal((await gallery.counts()).faces, 1);
      assert.equal((await auditOf(gallery)).length, 1);
    });
  },

  'every change is in the audit log, in a chain that holds, and no vector is': async (place) => {
    await use(place, async (gallery) => {
      const { id } = await gallery.enrol(testFace('Ada', 1), NOTE);
      await gallery.rename('Ada', 'Augusta', { actor: 'clerk' });
      await gallery.enrol(testFace('Bob', 2), NOTE);
      await gallery.replaceVector(id, testVector(1, 5), NOTE);
      await gallery.merge('Bob', 'Augusta', NOTE);
      await gallery.deleteFace(id, NOTE);
      await gallery.deletePerson('Augusta', { actor: 'clerk', reason: 'asked to be forgotten' });
    });
    await use(place, async (gallery) => {
      const entries = await auditOf(gallery);
      assert.deepEqual(
        entries.map(({ sequence, actor, action, person, to }) => `${sequence} ${actor} ${action} ${person}${to ? ` to ${to}` : ''}`),
        [
          '1 test enrolled Ada',
          '2 clerk renamed Ada to Augusta',
          '3 test enrolled Bob',
          '4 test vector-replaced Augusta',
          '5 test merged Bob to Augusta',
          '6 test face-deleted Augusta',
          '7 clerk person-deleted Augusta',
        ],
      );
      assert.equal(entries[0]!.about?.['source'], 'Ada-0.jpg');
      assert.equal(entries.at(-1)!.reason, 'asked to be forgotten');
      assert.ok(!JSON.stringify(entries).includes('values'));
    });
  },
};

const together: Record<string, Case> = {
  'a change is seen by whoever has the gallery open': async (place) => {
    await use(place, async (gallery) => {
      await gallery.enrol(testFace('Ada', 1), NOTE);
      await using beside = await place.openBeside();
      assert.equal(beside.revision, gallery.revision);
      const heard: number[] = [];
      const stop = beside.watch((revision) => heard.push(revision));
      await gallery.enrol(testFace('Bob', 2), NOTE);
      await until(() => heard.at(-1) === gallery.revision);
      stop();
      assert.equal((await beside.nearest(testVector(2)))[0]!.person, 'Bob');
      assert.equal(beside.revision, gallery.revision);
    });
  },

  'listeners hear every change until they stop': async (place) => {
    await use(place, async (gallery) => {
      let heard = 0;
      const stop = gallery.watch(() => heard++);
      const before = gallery.revision;
      await gallery.enrol(testFace('Ada', 1), NOTE);
      await until(() => heard > 0);
      assert.ok(gallery.revision > before);
      stop();
      const was = heard;
      await gallery.rename('Ada', 'Eve', NOTE);
      assert.equal(heard, was);
    });
  },

  'changes asked for at once happen one after the other': async (place) => {
    await use(place, async (gallery) => {
      await Promise.all(Array.from({ length: 20 }, (_, seed) => gallery.enrol(testFace(`person ${seed}`, seed + 1), NOTE)));
      assert.equal((await gallery.counts()).people, 20);
      const answers = await Promise.allSettled([gallery.rename('person 1', 'Ada', NOTE), gallery.rename('person 2', 'Ada', NOTE)]);
      assert.deepEqual(
        answers.map(({ status }) => status),
        ['fulfilled', 'rejected'],
      );
      assert.equal((await auditOf(gallery)).length, 21);
    });
  },

  'a change asked for before closing is made': async (place) => {
    const gallery = await place.open();
    const enrolled = gallery.enrol(testFace('Ada', 1), NOTE);
    await gallery.close();
    assert.equal((await enrolled).person, 'Ada');
    await use(place, async (again) => assert.equal((await again.counts()).faces, 1));
  },

  'nothing is answered or changed once it is closed': async (place) => {
    const gallery = await place.open();
    await gallery.close();
    await assert.rejects(gallery.counts(), { code: 'FAILED_PRECONDITION' });
    await assert.rejects(gallery.enrol(testFace('Ada', 1), NOTE), { code: 'FAILED_PRECONDITION' });
    await gallery.close();
  },
};

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

async function use<T>(place: GalleryPlace, work: (gallery: Gallery) => Promise<T>, options?: Parameters<GalleryPlace['open']>[0]): Promise<T> {
  await using gallery = await place.open(options);
  return await work(gallery);
}

/** Registers the tests that every store of the gallery must pass. */
export function galleryConformance(name: string, fixture: GalleryFixture): void {
  const cases = { ...enrolment, ...people, ...lawful, ...together };
  for (const [title, run] of Object.entries(cases)) test(`${name}: ${title}`, async () => run(await fixture.create()));
  test(`${name}: the place closes`, async () => fixture.close?.());
}
