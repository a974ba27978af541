import { fail } from '../core/index.js';
import type { GazeRedirector } from './port.js';

const NOTHING = Object.freeze({ patches: Object.freeze([]), faces: 0 });

/** A redirector that changes nothing and looks for no face: for measuring everything round the redirection, and for tests. */
export const passThrough = (): GazeRedirector => ({
  redirect: async ({ size, data }) =>
    data.byteLength === size.width * size.height * 3
      ? NOTHING
      : fail('INVALID_ARGUMENT', `a picture of ${size.width}x${size.height} has ${size.width * size.height * 3} bytes, not ${data.byteLength}`),
  [Symbol.asyncDispose]: async () => {},
});
