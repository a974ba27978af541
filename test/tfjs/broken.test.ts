import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault } from 'ocellus/core';
import { convertTfjs } from 'ocellus/models/convert';
import type { Make } from './case-parts.js';
import { CASES } from './cases.js';
import { modelOf } from './graphs.js';
import { type Random, seeded } from './random.js';

/** Broken files tried; each is another graph with another mistake. */
const FILES = 2000;
/** No graph of these is worth a second, whatever its numbers say. */
const MOST_MS = 2000;

/** What may stand where something else should. */
const ODD: readonly unknown[] = [null, -1, 0, 1e9, 2 ** 53, '', 'x', '-9223372036854775808', [], {}, true, ['x'], 0.5, 'NaN', '😀'];

type Place = readonly [holder: Record<string, unknown>, key: string];

/** Every place of a JSON value that can hold something else. */
function places(value: unknown): Place[] {
  if (typeof value !== 'object' || value === null) return [];
  const holder = value as Record<string, unknown>;
  return Object.keys(holder).flatMap((key): Place[] => [[holder, key], ...places(holder[key])]);
}

function broken(json: object, random: Random): object {
  const copy = structuredClone(json);
  for (let i = random.int(1, 3); i > 0; i--) {
    const all = places(copy);
    const [holder, key] = random.pick(all);
    const kind = random.int(0, 3);
    if (kind === 0) delete holder[key];
    else if (kind === 1) holder[key] = structuredClone(random.pick(all)[0]);
    else if (kind === 2 && typeof holder[key] === 'string') holder[key] = random.pick(['x', 'y', 'w', 'y:1', '^x', '-3', '7', 'U0FNRQ==']);
    else holder[key] = structuredClone(random.pick(ODD));
  }
  return copy;
}

/** Half the weights files are cut, grown, or filled with other bytes. */
function brokenBytes(bytes: Uint8Array, random: Random): Uint8Array {
  const kind = random.int(0, 5);
  if (kind === 0) return bytes.subarray(0, random.int(0, bytes.length));
  if (kind === 1) return Buffer.concat([bytes, Buffer.alloc(9)]);
  if (kind === 2) return Uint8Array.from(bytes, () => random.int(0, 255));
  return bytes;
}

test('a broken model is converted or refused with a Fault, and never takes long', () => {
  const makes = Object.values(CASES) as Make[];
  const codes = new Map<string, number>();
  for (let seed = 1; seed <= FILES; seed++) {
    const random = seeded(seed);
    const { json, weights } = modelOf(random.pick(makes)(random));
    const start = performance.now();
    let code = 'converted';
    try {
      convertTfjs(
        broken(json, random),
        weights.map((bytes) => brokenBytes(bytes, random)),
      );
    } catch (error) {
      assert.ok(error instanceof Fault, `seed ${seed}: ${String((error as Error).stack)}`);
      // The last is for a number of files other than what the manifest, as it now stands, names.
      assert.ok(['INPUT_CORRUPT', 'UNSUPPORTED', 'INVALID_ARGUMENT'].includes(error.code), `seed ${seed}: ${error.code} ${error.message}`);
      ({ code } = error);
    }
    assert.ok(performance.now() - start < MOST_MS, `seed ${seed} takes ${performance.now() - start} ms`);
    codes.set(code, (codes.get(code) ?? 0) + 1);
  }
  // The mistakes are neither all found at the door nor all harmless.
  for (const code of ['converted', 'INPUT_CORRUPT', 'UNSUPPORTED'])
    assert.ok((codes.get(code) ?? 0) > FILES / 50, `${code}: ${codes.get(code) ?? 0}`);
});
