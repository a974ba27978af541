import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Fault } from 'ocellus/core';
import { equals, ModelConfigSchema, parseTextProto, printTextProto } from 'ocellus/wire';

/** A folder of other people's configurations, such as a checkout of triton-inference-server/server; none of them is ours to keep here. */
const CORPUS = process.env['OCELLUS_PBTXT_CORPUS'];

/** Templates, which scripts fill in before use. */
const TEMPLATE = /\$\{|TYPE_#|MAX_BATCH\b|#DTYPE/;

const filesOf = (folder: string): string[] => readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.pbtxt'));

test(
  'configurations in use are read, and printed so that they read the same',
  { skip: CORPUS ? false : 'needs OCELLUS_PBTXT_CORPUS, a folder of config.pbtxt files' },
  () => {
    const failures: string[] = [];
    let read = 0;
    for (const path of filesOf(CORPUS!)) {
      const text = readFileSync(join(CORPUS!, path), 'utf8');
      if (TEMPLATE.test(text)) {
        assert.throws(() => parseTextProto(ModelConfigSchema, text, path), Fault, `${path} is a template, and was read`);
        continue;
      }
      try {
        const config = parseTextProto(ModelConfigSchema, text, path);
        const again = parseTextProto(ModelConfigSchema, printTextProto(ModelConfigSchema, config), path);
        assert.ok(equals(ModelConfigSchema, config, again), `${path} reads otherwise once printed`);
        read++;
      } catch (error) {
        failures.push((error as Error).message);
      }
    }
    assert.deepEqual(failures, []);
    assert.ok(read > 20, `only ${read} configurations were read`);
  },
);
