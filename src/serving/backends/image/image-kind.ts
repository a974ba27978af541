import { fail } from '../../../core/index.js';

type Kind = 'jpg' | 'png' | 'webp' | 'bmp' | 'gif';

const starts = (bytes: Uint8Array, at: number, text: string): boolean => {
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text.charCodeAt(i)) return false;
  return true;
};

const KINDS: readonly (readonly [Kind, (bytes: Uint8Array) => boolean])[] = [
  ['jpg', (bytes) => bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff],
  ['png', (bytes) => starts(bytes, 0, '\x89PNG\r\n\x1a\n')],
  ['webp', (bytes) => starts(bytes, 0, 'RIFF') && starts(bytes, 8, 'WEBP')],
  ['bmp', (bytes) => starts(bytes, 0, 'BM')],
  ['gif', (bytes) => starts(bytes, 0, 'GIF8')],
];

/**
 * What kind of picture bytes are, by how they begin. Nothing else may reach the decoder: a playlist, say, would have it open what a client
 * names. @throws Fault INVALID_ARGUMENT
 */
export function imageKind(bytes: Uint8Array): Kind {
  const found = KINDS.find(([, is]) => is(bytes));
  return found?.[0] ?? fail('INVALID_ARGUMENT', `${bytes.byteLength} bytes are no picture: send the whole of a JPEG, PNG, WebP, BMP or GIF file`);
}
