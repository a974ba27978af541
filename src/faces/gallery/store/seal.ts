import { createCipheriv, createDecipheriv, hkdfSync, randomBytes, scryptSync, timingSafeEqual } from 'node:crypto';
import { fail } from '../../../core/index.js';

/** What an encrypted gallery is opened with: 32 random bytes, or a passphrase that scrypt makes a key of. */
export type GalleryKey = { readonly bytes: Uint8Array } | { readonly passphrase: string };

/** How a gallery's key is found and recognised; written in clear beside what it protects. */
export interface KeyNotice {
  readonly from: 'bytes' | 'passphrase';
  /** Of scrypt, in hexadecimal. */
  readonly salt: string;
  /** Derived from the key, to tell a wrong one; says nothing about it. */
  readonly check: string;
}

/** Encrypts what goes into one file. `place` is where in the file it goes: a record moved elsewhere no longer opens. */
export interface Seal {
  seal(plain: Uint8Array, place: number): Buffer;
  /** @throws Fault INTEGRITY when the bytes are not what was sealed there */
  open(sealed: Uint8Array, place: number): Buffer;
}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Memory 128 * N * r = 64 MiB, about a tenth of a second. */
const SCRYPT = { N: 65_536, r: 8, p: 1, maxmem: 2 ** 27 };

const derived = (key: Uint8Array, salt: Uint8Array, purpose: string, bytes = 32): Buffer =>
  Buffer.from(hkdfSync('sha256', key, salt, `ocellus gallery ${purpose}`, bytes));

/** The key of a gallery, from which every file gets one of its own. */
export class KeyRing {
  readonly #key: Uint8Array;

  private constructor(
    key: Uint8Array,
    readonly notice: KeyNotice,
  ) {
    this.#key = key;
  }

  /** The ring of a new gallery. @throws Fault INVALID_ARGUMENT for a key that is too short */
  static create(key: GalleryKey): KeyRing {
    const salt = randomBytes(16);
    const bytes = bytesOf(key, salt);
    const from = 'bytes' in key ? 'bytes' : 'passphrase';
    return new KeyRing(bytes, { from, salt: salt.toString('hex'), check: checkOf(bytes, salt) });
  }

  /** The ring of a gallery that is there. @throws Fault UNAUTHENTICATED for another key than the one that it was made with */
  static open(key: GalleryKey, notice: KeyNotice): KeyRing {
    const salt = Buffer.from(notice.salt, 'hex');
    const given = 'bytes' in key ? 'bytes' : 'passphrase';
    if (given !== notice.from) fail('UNAUTHENTICATED', `the gallery was encrypted with ${NAMES[notice.from]}, and ${NAMES[given]} was given`);
    const bytes = bytesOf(key, salt);
    if (!timingSafeEqual(Buffer.from(checkOf(bytes, salt)), Buffer.from(notice.check)))
      fail('UNAUTHENTICATED', `this ${NAMES[given].replace('a ', '')} does not open the gallery: it was encrypted with another one`);
    return new KeyRing(bytes, notice);
  }

  /** The seal of the file with this salt. Nonces are random; a file's own key keeps how many meet one key small. */
  sealOf(salt: Uint8Array): Seal {
    const key = derived(this.#key, salt, 'records');
    return {
      seal(plain, place) {
        const nonce = randomBytes(NONCE_BYTES);
        const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(placeBytes(place));
        return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
      },
      open(sealed, place) {
        const end = sealed.length - TAG_BYTES;
        try {
          const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_BYTES)).setAAD(placeBytes(place));
          decipher.setAuthTag(sealed.subarray(end));
          return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, end)), decipher.final()]);
        } catch (error) {
          return fail(
            'INTEGRITY',
            `the encrypted record at byte ${place} was changed after it was written; restore the gallery from a backup`,
            error,
          );
        }
      },
    };
  }
}

const NAMES = { bytes: 'a key', passphrase: 'a passphrase' } as const;

function bytesOf(key: GalleryKey, salt: Uint8Array): Uint8Array {
  if ('bytes' in key) {
    if (key.bytes.length !== 32) fail('INVALID_ARGUMENT', `the gallery's key has ${key.bytes.length} bytes; give 32 random bytes, or a passphrase`);
    return key.bytes;
  }
  if (key.passphrase.length < 8) fail('INVALID_ARGUMENT', "the gallery's passphrase is shorter than 8 characters; give a longer one");
  return scryptSync(key.passphrase.normalize('NFC'), salt, 32, SCRYPT);
}

const checkOf = (key: Uint8Array, salt: Uint8Array): string => derived(key, salt, 'check', 16).toString('hex');

function placeBytes(place: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(place));
  return bytes;
}
