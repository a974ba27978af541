import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cacheFolder, mirrorFolder } from './places.js';

test('the cache is where the platform keeps such things', () => {
  assert.equal(cacheFolder({}, 'linux', '/home/ann'), '/home/ann/.cache/ocellus');
  assert.equal(cacheFolder({ XDG_CACHE_HOME: '/var/cache/ann' }, 'linux', '/home/ann'), '/var/cache/ann/ocellus');
  assert.equal(cacheFolder({}, 'darwin', '/Users/ann'), '/Users/ann/Library/Caches/ocellus');
  assert.equal(
    cacheFolder({ LOCALAPPDATA: 'C:\\Users\\ann\\AppData\\Local' }, 'win32', 'C:\\Users\\ann'),
    'C:\\Users\\ann\\AppData\\Local\\ocellus\\Cache',
  );
  assert.equal(cacheFolder({}, 'win32', 'C:\\Users\\ann'), 'C:\\Users\\ann\\AppData\\Local\\ocellus\\Cache');
});

test('OCELLUS_CACHE wins everywhere, and a relative XDG_CACHE_HOME is ignored as its specification says', () => {
  for (const platform of ['linux', 'darwin', 'win32'])
    assert.equal(cacheFolder({ OCELLUS_CACHE: '/big/disk', XDG_CACHE_HOME: '/x', LOCALAPPDATA: 'C:\\x' }, platform, '/home/ann'), '/big/disk');
  assert.equal(cacheFolder({ XDG_CACHE_HOME: 'relative' }, 'linux', '/home/ann'), '/home/ann/.cache/ocellus');
});

test('an empty variable is as none', () => {
  assert.equal(cacheFolder({ OCELLUS_CACHE: '', XDG_CACHE_HOME: '' }, 'linux', '/home/ann'), '/home/ann/.cache/ocellus');
  assert.equal(mirrorFolder({ OCELLUS_MODEL_MIRROR: '' }), undefined);
  assert.equal(mirrorFolder({ OCELLUS_MODEL_MIRROR: '/mirror' }), '/mirror');
});
