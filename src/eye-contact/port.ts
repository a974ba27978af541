import type { Size } from '../core/index.js';

/** A decoded picture: packed RGB, eight bits each, rows from the top without padding. The caller owns it; it is only read. */
export interface RgbPicture {
  readonly size: Size;
  /** `size.width * size.height * 3` bytes. */
  readonly data: Uint8Array;
}

/** A rectangle of new pixels for a picture. What lies outside every patch of a frame stays as it came, to the last bit. */
export interface EyePatch {
  /** Left and top edge in pixels of the picture, both even, as are the sizes: whole 4:2:0 chroma samples. */
  readonly x: number;
  readonly y: number;
  readonly size: Size;
  /** Packed RGB of the patch, as in {@link RgbPicture}. */
  readonly rgb: Uint8Array;
  /** How much of each pixel is new, 0 to 255, one byte a pixel; 0 leaves the pixel untouched. */
  readonly alpha: Uint8Array;
}

/** What became of one frame. */
export interface Redirection {
  /** Empty where nothing is to change: no face, eyes closed, eyes already on the camera, gaze or head beyond the thresholds. */
  readonly patches: readonly EyePatch[];
  /** Faces that were followed on this frame. */
  readonly faces: number;
}

/**
 * Redirects the eyes of one video, frame after frame in order. Holds the state of one video; make one for each. Knows no files and no
 * transport.
 */
export interface GazeRedirector extends AsyncDisposable {
  /**
   * The next frame. `seconds` is its time in the video, not falling from call to call. One call at a time.
   *
   * @throws Fault INVALID_ARGUMENT for a picture whose bytes do not match its size, and what the models throw.
   */
  redirect(picture: RgbPicture, seconds: number): Promise<Redirection>;
}
