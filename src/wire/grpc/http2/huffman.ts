import { fail } from '../../../core/index.js';

/** Bits of the code of each byte (RFC 7541, appendix B). The code is canonical, so the lengths say all of it; the end of the string has 30 ones. */
const LENGTHS: readonly number[] = [
  13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28, 6, 10, 10, 12, 13,
  6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10, 13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
  7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6, 15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28, 20,
  22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24, 22, 21, 20, 22, 22, 23,
  23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23, 26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26,
  27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27, 20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23,
  26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26, 30,
];

const END_OF_STRING = 256;

/** Two entries a node: where each bit leads. A symbol is told from a node by being negative: -1 - symbol. */
function buildTree(): Int32Array {
  const tree: number[] = [0, 0];
  const symbols = LENGTHS.map((_, symbol) => symbol).toSorted((a, b) => LENGTHS[a]! - LENGTHS[b]! || a - b);
  let code = 0;
  let length = LENGTHS[symbols[0]!]!;
  for (const symbol of symbols) {
    code <<= LENGTHS[symbol]! - length;
    length = LENGTHS[symbol]!;
    let node = 0;
    for (let bit = length - 1; bit > 0; bit--) {
      const at = node * 2 + ((code >>> bit) & 1);
      if (tree[at] === 0) tree[at] = tree.push(0, 0) / 2 - 1;
      node = tree[at]!;
    }
    tree[node * 2 + (code & 1)] = -1 - symbol;
    code++;
  }
  return Int32Array.from(tree);
}

let tree: Int32Array | undefined;

/** Reads a Huffman-coded string. @throws Fault INPUT_CORRUPT when it does not end as one must */
export function decodeHuffman(bytes: Uint8Array): string {
  tree ??= buildTree();
  let text = '';
  let node = 0;
  /** Bits since the last symbol, and whether all were ones: what fills the last byte must be. */
  let bits = 0;
  let ones = true;
  for (const byte of bytes)
    for (let bit = 7; bit >= 0; bit--) {
      const one = (byte >>> bit) & 1;
      const next = tree[node * 2 + one]!;
      bits++;
      ones &&= one === 1;
      if (next >= 0) node = next;
      else {
        if (-1 - next === END_OF_STRING) fail('INPUT_CORRUPT', 'HPACK: the end of a string inside of it');
        text += String.fromCharCode(-1 - next);
        node = 0;
        bits = 0;
        ones = true;
      }
    }
  return bits < 8 && ones ? text : fail('INPUT_CORRUPT', 'HPACK: a string ends in the middle of a character');
}
