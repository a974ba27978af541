import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault } from '../../core/index.js';
import { mutations, random } from '../../testing/fuzz.js';
import { readPictureList } from './picture-list.js';

const picture = (file: string, person: string, line: number): object => ({ file, person, line });

test('a list as face recognition servers have it', () => {
  const text = 'image file,name\nada.jpg,Ada Lovelace\r\nsub/bob 1.png, Bob \n\n# nobody\nbob2.png,Bob';
  assert.deepEqual(readPictureList(text), [picture('ada.jpg', 'Ada Lovelace', 2), picture('sub/bob 1.png', 'Bob', 3), picture('bob2.png', 'Bob', 6)]);
});

test('quotes, further columns, other orders and a byte order mark', () => {
  const text = '\uFEFFName,age,FILE\n"Hopper, Grace",79,"g ""amazing"".jpg"\n"two\nlines ",1,"a.jpg"\nZoë,2,z.jpg\n'.replace(
    'two\nlines',
    'Two Lines',
  );
  assert.deepEqual(readPictureList(new TextEncoder().encode(text)), [
    picture('g "amazing".jpg', 'Hopper, Grace', 2),
    picture('a.jpg', 'Two Lines', 3),
    picture('z.jpg', 'Zoë', 4),
  ]);
});

test('lines are counted through quoted line ends', () => {
  assert.throws(() => readPictureList('image file,name,note\na.jpg,Ada,"one\ntwo\nthree"\nb.jpg,Bob\n'), {
    message: /^line 5: 2 fields instead of 3/,
  });
});

const BAD: readonly (readonly [name: string, text: string | Uint8Array, message: RegExp])[] = [
  ['an empty list', '', /the list is empty; its first line must be: image file,name/],
  ['no header', 'ada.jpg,Ada\n', /line 1: no column "image file" in "ada\.jpg,Ada"/],
  ['no names', 'image file\nada.jpg\n', /line 1: no column "name"/],
  ['a missing field', 'image file,name\nada.jpg\n', /line 2: 1 fields instead of 2/],
  ['a comma too many', 'image file,name\nada.jpg,Lovelace, Ada\n', /line 2: 3 fields instead of 2; put a text with a comma in double quotes/],
  ['an empty file', 'image file,name\n,Ada\n', /line 2: the name of the picture is empty/],
  ['an empty name', 'image file,name\na.jpg,\n', /line 2: person: the name is empty/],
  ['a way out', 'image file,name\n../a.jpg,Ada\n/etc/x,Bob\nC:\\x,Eve\n', /line 2: .* leads out.*\nline 3: .* leads out.*\nline 4: .* leads out/],
  ['two names for one file', 'image file,name\na.jpg,Ada\na.jpg,Bob\n', /line 3: "a\.jpg" is "Bob" here and "Ada" in line 2/],
  ['an open quote', 'image file,name\n"a.jpg,Ada\n', /line 2: a double quote is opened and not closed/],
  ['a quote inside', 'image file,name\n"a"b.jpg,Ada\n', /line 2: something follows a closing double quote/],
  ['another encoding', Uint8Array.of(0x69, 0xff, 0xfe), /not in UTF-8/],
];

for (const [name, text, message] of BAD)
  test(`refused: ${name}`, () => {
    assert.throws(() => readPictureList(text), { code: 'INPUT_CORRUPT', message });
  });

test('of many wrong lines ten are named', () => {
  const text = `image file,name\n${',x\n'.repeat(25)}`;
  assert.throws(() => readPictureList(text), { message: /line 11: .*\nand 15 more$/ });
});

test('damaged lists are read or refused with a fault, never otherwise', () => {
  const seed = new TextEncoder().encode('image file,name\n"a, ""b"".jpg",Ada\r\nb.jpg,"Bob\nBob"\nc.jpg,Zoë\n');
  for (const data of mutations(seed, 3000, random(11))) {
    try {
      for (const { file, person, line } of readPictureList(data)) assert.ok(file !== '' && person !== '' && line > 1);
    } catch (error) {
      assert.ok(error instanceof Fault, String(error));
    }
  }
});
