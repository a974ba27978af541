import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fonts } from './fonts.js';
import { type PlacedCover, fillOutline } from './outline.js';
import { Typesetter, emOf } from './typesetter.js';

const type = new Typesetter();

/** Sets one word. */
async function set(word: string, heightPx = 24): Promise<{ readonly widthPx: number; readonly cover: PlacedCover }> {
  await type.load([word]);
  const { widthPx, words } = type.set(word, heightPx);
  assert.equal(words.length, 1);
  return { widthPx, cover: words[0]!.cover };
}
const inkOf = ({ bytes }: { readonly bytes: Uint8Array }): number => bytes.reduce((sum, value) => sum + value, 0) / 255;

test('outlines are filled by the area that they cover, overlapping or turned around', () => {
  const square = (x: number, y: number, side: number, back = false) => {
    const corners = [[x, y], [x + side, y], [x + side, y + side], [x, y + side]] as const; // prettier-ignore
    return (back ? corners.toReversed() : corners).map(([px, py], i) => ({ kind: i === 0 ? ('move' as const) : ('line' as const), x: px!, y: py! }));
  };
  assert.equal(inkOf(fillOutline(square(2, 3, 4))), 16);
  assert.ok(Math.abs(inkOf(fillOutline(square(2.25, 3.5, 4.5))) - 20.25) < 0.05);
  assert.equal(inkOf(fillOutline([...square(0, 0, 6), ...square(2, 2, 2, true)])), 32, 'a hole');
  assert.equal(inkOf(fillOutline([...square(0, 0, 6), ...square(3, 3, 6)])), 63, 'an overlap counts once');
  // A circle of radius 10 of four cubics; 0.5523 is the usual handle.
  const k = 5.523;
  const circle = fillOutline([
    { kind: 'move', x: 10, y: 0 },
    { kind: 'cubic', c1x: 10, c1y: k, c2x: k, c2y: 10, x: 0, y: 10 },
    { kind: 'cubic', c1x: -k, c1y: 10, c2x: -10, c2y: k, x: -10, y: 0 },
    { kind: 'cubic', c1x: -10, c1y: -k, c2x: -k, c2y: -10, x: 0, y: -10 },
    { kind: 'cubic', c1x: k, c1y: -10, c2x: 10, c2y: -k, x: 10, y: 0 },
  ]);
  assert.ok(Math.abs(inkOf(circle) - Math.PI * 100) < 3, String(inkOf(circle)));
  assert.deepEqual([circle.x, circle.y, circle.width, circle.height], [-10, -10, 20, 20]);
  assert.equal(fillOutline([]).width, 0);
});

test('letters are kerned and as wide as the font says', async () => {
  // Noto Sans: A 639, V 600 units of 1000 in Regular; heavier weights are a little wider, and the pair is kerned.
  const [a, v, pair] = [await set('AAAAAAAA', 100), await set('VVVVVVVV', 100), await set('AVAVAVAVAVAVAVAV', 100)];
  const em = emOf(100);
  assert.ok(a.widthPx / 8 > 0.6 * em && a.widthPx / 8 < 0.7 * em, `A is ${a.widthPx / 8 / em} em`);
  assert.ok(pair.widthPx < a.widthPx + v.widthPx - 8 * 0.03 * em, `${pair.widthPx} is less than ${a.widthPx + v.widthPx}`);
});

test('every script that labels are written in has its letters', async () => {
  const missing = inkOf((await set('\u{10FFFD}')).cover);
  for (const text of [
    'person',
    'Fußgänger',
    'Ångström',
    'żółć',
    'Ελληνικά',
    'пешеход',
    'Ẩm',
    '行人',
    '汽车',
    '自転車',
    'ひと',
    'カメラ',
    '자동차',
    '사람',
  ]) {
    const { cover } = await set(text);
    assert.ok(inkOf(cover) > 20, text);
    for (const character of text) {
      assert.ok(type.fonts.fontOf(character.codePointAt(0)!), `${character} of ${text} has a font`);
    }
    assert.notEqual(Math.round(inkOf(cover)), Math.round(missing * [...text].length), text);
  }
});

test('a character that no font has is a box, and so is everything without fonts', async () => {
  const box = await set('\u{10FFFD}', 40);
  const { width, height, bytes } = box.cover;
  const at = (x: number, y: number): number => bytes[y * width + x]!;
  assert.ok(width > 8 && height > 15);
  assert.equal(at(width >> 1, height >> 1), 0, 'hollow');
  assert.ok(at(width >> 1, 0) > 0 && at(width >> 1, height - 1) > 0 && at(1, height >> 1) > 0, 'with edges');

  const bare = new Typesetter(new Fonts([{ package: '@fontsource-variable/not-installed', name: 'none' }]));
  await bare.load(['person 1']);
  assert.equal(bare.isReady('person 1'), true);
  const [person, one] = bare.set('person 1', 24).words;
  assert.ok(inkOf(person!.cover) > 5 * inkOf(one!.cover) && inkOf(one!.cover) > 5);
});

test('odd strings are set as well as can be', async () => {
  for (const text of ['', ' ', '\n\t', '\uD800', '\u200D\uFE0F', 'e\u0301', '👩‍👩‍👧', 'שלום', 'a'.repeat(3000)]) {
    await type.load([text]);
    const { widthPx, words } = type.set(text, 16);
    assert.ok(widthPx >= 0, JSON.stringify(text));
    for (const { cover } of words) assert.equal(cover.bytes.length, cover.width * cover.height, JSON.stringify(text));
  }
});

test('small letters end at pixel edges at every size', async () => {
  for (let heightPx = 11; heightPx <= 64; heightPx++) {
    const { cover } = await set('xzv', heightPx);
    const rows = Array.from({ length: cover.height }, (_, y) => inkOf({ bytes: cover.bytes.subarray(y * cover.width, (y + 1) * cover.width) }));
    // The bars of z fill the first and the last row: a blurred edge would leave them faint.
    assert.ok(
      rows[0]! > 0.5 * Math.max(...rows) && rows.at(-1)! > 0.5 * Math.max(...rows),
      `${heightPx}: ${rows.map((row) => row.toFixed(1)).join(' ')}`,
    );
    assert.equal(cover.y + cover.height, 0, 'they stand on the baseline');
  }
});
