import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Frame, fail, Scope, toFault } from '../../../core/index.js';
import type { Media } from '../../../media/index.js';
import { imageKind } from './image-kind.js';

/** A picture that is decoded; disposing gives everything back, and closes the frame. */
export interface OpenedPicture extends AsyncDisposable {
  readonly frame: Frame;
}

/**
 * Decodes a picture's bytes. The decoder reads files, so they become one in `folder`, under `name`, for that long.
 * @throws Fault INVALID_ARGUMENT when they are no picture, or a broken one
 */
export async function openPicture(media: Media, bytes: Uint8Array, folder: string, name: string): Promise<OpenedPicture> {
  const path = join(folder, `${name}.${imageKind(bytes)}`);
  await using scope = new Scope();
  try {
    scope.defer(() => rm(path, { force: true }));
    await writeFile(path, bytes);
    const source = scope.use(await media.open(path));
    for await (const frame of source.frames()) {
      scope.defer(() => frame.close());
      const held = scope.move();
      return { frame, [Symbol.asyncDispose]: () => held[Symbol.asyncDispose]() };
    }
    return fail('INVALID_ARGUMENT', 'the bytes hold no picture');
  } catch (error) {
    // Where the bytes lay meanwhile is nothing to a client.
    return fail('INVALID_ARGUMENT', `the picture cannot be decoded: ${toFault(error).message.replaceAll(path, 'its bytes')}`, error);
  }
}
