import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault } from '../../core/index.js';
import { parseMot, writeMot } from './mot-text.js';

test('a detection of MOT15, a label of MOT16, a result; spaces, empty lines and line ends of Windows', () => {
  const text = '1,-1,10.5,20,30,40,0.9,-1,-1,-1\r\n\n 2, 7, -3, 4, 5, 6, 1, 1, 0.86014\n3,8,1,2,3,4,1e0,-3.1784,16.34,0.45739\n4,9,.5,1.,2,3\n';
  assert.deepEqual(parseMot(text, 'gt.txt'), [
    { frame: 1, id: -1, box: { x1: 10.5, y1: 20, x2: 40.5, y2: 60 }, confidence: 0.9 },
    { frame: 2, id: 7, box: { x1: -3, y1: 4, x2: 2, y2: 10 }, confidence: 1, classId: 1, visibility: 0.86014 },
    { frame: 3, id: 8, box: { x1: 1, y1: 2, x2: 4, y2: 6 }, confidence: 1 },
    { frame: 4, id: 9, box: { x1: 0.5, y1: 1, x2: 2.5, y2: 4 }, confidence: 1 },
  ]);
  assert.deepEqual(parseMot('', 'gt.txt'), []);
});

test('what is written can be read again', () => {
  const rows = parseMot('1,2,10.25,20.5,30,40,0.9,-1,-1,-1\n2,2,11,20,30,40,1,-1,-1,-1\n', 'a');
  assert.deepEqual(parseMot(writeMot(rows), 'b'), rows);
});

const wrong: Readonly<Record<string, [text: string, message: RegExp]>> = {
  'too few columns': ['1,1,2,3,4,5\n1,2,3', /det\.txt, line 2: 3 columns; expected 6 to 10/],
  'too many': ['1,2,3,4,5,6,7,8,9,10,11', /line 1: 11 columns/],
  'not a number': ['1,2,x,4,5,6', /line 1: left is "x"; expected a number/],
  'an empty cell': ['1,2,,4,5,6', /left is ""/],
  'NaN and Infinity': ['1,2,3,4,Infinity,6', /width is "Infinity"/],
  'a hexadecimal number': ['1,2,0x10,4,5,6', /left is "0x10"/],
  'a number too large': ['1,2,3,4,5,1e999', /height is "1e999"/],
  'frame 0': ['0,2,3,4,5,6', /frame is 0; frames are counted from 1/],
  'half a frame': ['1.5,2,3,4,5,6', /frame is 1\.5/],
  'half an id': ['1,2.5,3,4,5,6', /id is 2\.5/],
  'a negative size': ['1,2,3,4,-5,6', /the box is -5 x 6/],
  'another kind of file': ['{"frame": 1}', /line 1: 1 columns/],
};
for (const [name, [text, message]] of Object.entries(wrong))
  test(`refused with file and line: ${name}`, () => assert.throws(() => parseMot(text, 'det.txt'), { code: 'INPUT_CORRUPT', message }));

test('whatever bytes come, there are rows of sound numbers or a fault', () => {
  let state = 9;
  const random = (): number => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 4_294_967_296;
  const good = '1,-1,10.5,20,30,40,0.9,-1,-1,-1\n2,7,-3,4,5,6,1,1,0.86\n';
  const alphabet = '0123456789,.-+eE \t\r\nxNa∞\0"';
  for (let round = 0; round < 5000; round++) {
    const cells = [...good];
    for (let edits = 1 + random() * 6; edits > 0; edits--)
      cells.splice(Math.floor(random() * cells.length), Math.floor(random() * 3), alphabet[Math.floor(random() * alphabet.length)]!);
    try {
      for (const { frame, id, box, confidence } of parseMot(cells.join(''), 'fuzz')) {
        assert.ok(Number.isInteger(frame) && frame >= 1 && Number.isInteger(id));
        for (const value of [box.x1, box.y1, box.x2, box.y2, confidence]) assert.ok(Number.isFinite(value));
      }
    } catch (error) {
      assert.ok(error instanceof Fault && error.code === 'INPUT_CORRUPT', String(error));
    }
  }
});
