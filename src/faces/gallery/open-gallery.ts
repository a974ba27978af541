import { z } from 'zod';
import { fail } from '../../core/index.js';
import type { Gallery } from './port.js';
import { connectPostgres } from './postgres/pg-database.js';
import { openGalleryIn } from './postgres/postgres-gallery.js';
import { type GallerySettings, GallerySettingsSchema, type GallerySurroundings } from './settings.js';
import { openEmbeddedGallery } from './store/embedded-gallery.js';
import type { GalleryKey } from './store/seal.js';

/** What a gallery needs besides its settings. */
export interface GalleryOptions extends GallerySurroundings {
  /** Encrypts an embedded gallery. Not a setting: it belongs into no file. */
  readonly key?: GalleryKey;
}

/**
 * Opens the gallery that `settings` name: a folder, which is made when it is not there, or the tables in a database.
 * @throws Fault CONFIG_INVALID; UNSUPPORTED for a key with a database; and what {@link openEmbeddedGallery} and {@link connectPostgres} throw
 */
export async function openGallery(settings: GallerySettings = {}, options: GalleryOptions = {}): Promise<Gallery> {
  const result = GallerySettingsSchema.safeParse(settings);
  if (!result.success) fail('CONFIG_INVALID', `gallery: ${z.prettifyError(result.error)}`);
  const { folder = 'faces', database, schema, ...policy } = result.data;
  if (database === undefined) return openEmbeddedGallery(folder, { ...policy, ...options });
  const { key, ...others } = options;
  if (key)
    fail(
      'UNSUPPORTED',
      'a gallery in PostgreSQL cannot be encrypted with a key: the database must see the vectors to compare them. ' +
        'Encrypt the disk of the database and its connection, or use the embedded gallery',
    );
  return openGalleryIn(await connectPostgres(database, options.log), { ...policy, schema, ...others });
}
