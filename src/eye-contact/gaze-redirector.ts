import { fail } from '../core/index.js';
import { type EyeAim, GazeControl } from './control/gaze-control.js';
import type { EyeView, TrackedFace } from './eyes.js';
import type { EyePatch, GazeRedirector, Redirection, RgbPicture } from './port.js';
import { createEyeRenderer, type EyeRenderer, type GazeChange } from './render/index.js';
import type { EyeContactSettings } from './settings.js';
import type { FaceNetworks } from './track/face-networks.js';
import { FaceTracker } from './track/face-tracker.js';

/** Finds and follows faces; a {@link FaceTracker} does. */
export type FaceFollower = Pick<FaceTracker, 'track'>;

/** How long, in seconds, what was learnt of a face outlives it. */
const REMEMBERED = 2;

/** One person of the video. */
interface Person {
  readonly control: GazeControl;
  readonly renderer: EyeRenderer;
  seenAt: number;
}

const changeOf = ({ gaze }: EyeView, { gaze: to, opacity }: EyeAim): GazeChange => ({ from: gaze, to, opacity });

class Redirector implements GazeRedirector {
  readonly #people = new Map<number, Person>();
  #closed = false;

  constructor(
    private readonly follower: FaceFollower,
    private readonly settings: EyeContactSettings,
  ) {}

  async redirect(picture: RgbPicture, seconds: number): Promise<Redirection> {
    if (this.#closed) fail('FAILED_PRECONDITION', 'the redirector is closed');
    const faces = await this.follower.track(picture, seconds);
    const patches = faces.flatMap((face) => this.#turn(picture, face, seconds));
    for (const [id, { seenAt }] of this.#people) if (seconds - seenAt > REMEMBERED) this.#people.delete(id);
    return { patches, faces: faces.length };
  }

  #turn(picture: RgbPicture, face: TrackedFace, seconds: number): EyePatch[] {
    const person = this.#person(face.id);
    person.seenAt = seconds;
    const { eyes: aims } = person.control.next(face, seconds);
    return person.renderer.render(picture, face, [changeOf(face.eyes[0], aims[0]), changeOf(face.eyes[1], aims[1])]);
  }

  #person(id: number): Person {
    const known = this.#people.get(id);
    if (known) return known;
    const { eyeSizeSensitivity } = this.settings;
    const person = { control: new GazeControl(this.settings, id), renderer: createEyeRenderer({ eyeSizeSensitivity }), seenAt: 0 };
    this.#people.set(id, person);
    return person;
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    this.#people.clear();
    return Promise.resolve();
  }
}

/** Redirects the eyes of one video as `settings` say; faces are found by `follower`, which is for this video alone. */
export const redirectorOf = (follower: FaceFollower, settings: EyeContactSettings): GazeRedirector => new Redirector(follower, settings);

/** {@link redirectorOf} with faces found by `networks`, which many videos may share; whoever opened them closes them, after the redirector. */
export const createGazeRedirector = (networks: FaceNetworks, settings: EyeContactSettings): GazeRedirector =>
  redirectorOf(new FaceTracker(networks, settings), settings);
