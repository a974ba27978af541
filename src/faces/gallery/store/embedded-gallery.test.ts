import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { galleryConformance } from '../conformance.js';
import { openEmbeddedGallery } from './embedded-gallery.js';

const key = { bytes: new Uint8Array(32).fill(5) };

for (const [name, options] of [
  ['embedded', {}],
  ['embedded and encrypted', { key }],
] as const) {
  const folders: string[] = [];
  galleryConformance(name, {
    async create() {
      const folder = await mkdtemp(join(tmpdir(), 'ocellus-gallery-'));
      folders.push(folder);
      return {
        open: (policy = {}) => openEmbeddedGallery(folder, { ...policy, ...options }),
        openBeside: () => openEmbeddedGallery(folder, { ...options, readOnly: true, pollMs: 5 }),
      };
    },
    async close() {
      for (const folder of folders) await rm(folder, { recursive: true });
    },
  });
}
