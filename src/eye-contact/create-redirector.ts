import { passThrough } from './pass-through.js';
import type { GazeRedirector } from './port.js';
import type { EyeContactSettings } from './settings.js';

/** What the redirector of this version does, in a few words: told by banners and metadata. */
export const REDIRECTOR_INFO = 'pass-through';

/** The redirector that this version has. It changes nothing yet: tracking and rendering are being built. */
export async function createRedirector(_settings: EyeContactSettings): Promise<GazeRedirector> {
  return passThrough();
}
