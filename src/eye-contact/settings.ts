import { z } from 'zod';
import { didYouMean, fail } from '../core/index.js';

/** A number within a range, whose one message says all about it. */
function ranged(least: number, most: number, whole = false) {
  const error = ({ input }: { readonly input?: unknown }): string =>
    `must be a ${whole ? 'whole ' : ''}number from ${least} to ${most}, not ${String(input)}`;
  const number = z.number({ error }).min(least, { error }).max(most, { error });
  return whole ? number.multipleOf(1, { error }) : number;
}

const degrees = (what: string, value: number) => ranged(10, 35).default(value).describe(`Degrees of ${what}, 10 to 35.`);

const threshold = (what: string, low: number, high: number) =>
  z
    .strictObject({
      low: degrees(`${what} up to which the gaze is redirected in full`, low),
      high: degrees(`${what} from which on it is left as it is; below \`low\` it counts as \`low\`, a hard switch`, high),
    })
    .prefault({});

/** What can be set of a redirection, with the defaults of the service's first release. */
export const EyeContactSettings = z.strictObject({
  temporal: ranged(0, 0xffff_ffff, true)
    .default(0xffff_ffff)
    .describe('Filters over time, a bit mask: 1 face box, 2 landmarks, 4 head turn, 8 expression, 16 gaze, 256 closing eyes; all bits turn all on.'),
  detectClosure: z
    .boolean()
    .default(false)
    .describe('Also holds back where eyes close or something covers them; a closed eye is never painted, whatever this says.'),
  eyeSizeSensitivity: ranged(2, 6, true).default(3).describe('How large a region round the eyes is blended, 2 to 6.'),
  enableLookaway: z.boolean().default(false).describe('Looks away from the camera for moments at random times.'),
  lookawayMaxOffset: ranged(1, 10, true).default(5).describe('Largest angle by which the gaze looks away, 1 to 10 degrees.'),
  lookawayIntervalMin: ranged(1, 600, true).default(100).describe('Fewest frames between two looks away, 1 to 600.'),
  lookawayIntervalRange: ranged(1, 600, true).default(250).describe('Frames added at most to that interval at random, 1 to 600.'),
  gazePitchThreshold: threshold('estimated gaze, up or down,', 20, 30),
  gazeYawThreshold: threshold('estimated gaze, to a side,', 20, 30),
  headPitchThreshold: threshold('head turn, up or down,', 15, 25),
  headYawThreshold: threshold('head turn, to a side,', 25, 30),
  multiPerson: z.boolean().default(false).describe('Redirects every face; otherwise the largest at first, which is then followed.'),
  seed: ranged(0, 0xffff_ffff, true).optional().describe('Start of the random numbers, so that a run can be repeated; chosen by chance when absent.'),
  strength: ranged(0, 1).default(1).describe('How far the gaze is turned to the camera, 0 (not at all) to 1.'),
});

/** Settings with every default filled in. */
export type EyeContactSettings = z.output<typeof EyeContactSettings>;

/** Settings as they are written; what is left out takes its default. */
export type EyeContactSettingsInput = z.input<typeof EyeContactSettings>;

/** The configuration of a call of the gRPC contract, as far as it concerns the gaze; a field that is absent takes its default. */
export interface GazeConfigFields {
  readonly temporal?: number | undefined;
  readonly detectClosure?: number | undefined;
  readonly eyeSizeSensitivity?: number | undefined;
  readonly enableLookaway?: number | undefined;
  readonly lookawayMaxOffset?: number | undefined;
  readonly lookawayIntervalMin?: number | undefined;
  readonly lookawayIntervalRange?: number | undefined;
  readonly gazePitchThresholdLow?: number | undefined;
  readonly gazePitchThresholdHigh?: number | undefined;
  readonly gazeYawThresholdLow?: number | undefined;
  readonly gazeYawThresholdHigh?: number | undefined;
  readonly headPitchThresholdLow?: number | undefined;
  readonly headPitchThresholdHigh?: number | undefined;
  readonly headYawThresholdLow?: number | undefined;
  readonly headYawThresholdHigh?: number | undefined;
  readonly enableMultiPerson?: number | undefined;
}

/** A threshold whose upper end lies below the lower one is a hard switch at the lower. */
const ordered = ({ low, high }: { readonly low: number; readonly high: number }) => ({ low, high: Math.max(low, high) });

const known = Object.keys(EyeContactSettings.shape);

function problemsOf(error: z.ZodError, nameOf: (path: readonly PropertyKey[]) => string): string[] {
  const problems = new Map<string, string>();
  for (const issue of error.issues) {
    if (issue.code === 'unrecognized_keys')
      for (const key of issue.keys) problems.set(key, `${nameOf([...issue.path, key])}: no such setting.${didYouMean(key, known)}`);
    const name = nameOf(issue.path);
    if (issue.code !== 'unrecognized_keys' && !problems.has(name)) problems.set(name, `${name} ${issue.message.replace('Invalid input: ', '')}`);
  }
  return [...problems.values()];
}

function settled(input: unknown, nameOf: (path: readonly PropertyKey[]) => string, before: readonly string[] = []): EyeContactSettings {
  const result = EyeContactSettings.safeParse(input);
  const problems = [...before, ...(result.success ? [] : problemsOf(result.error, nameOf))];
  if (!result.success || problems.length > 0) return fail('INVALID_ARGUMENT', problems.join('; '));
  const { gazePitchThreshold, gazeYawThreshold, headPitchThreshold, headYawThreshold, ...others } = result.data;
  return {
    ...others,
    gazePitchThreshold: ordered(gazePitchThreshold),
    gazeYawThreshold: ordered(gazeYawThreshold),
    headPitchThreshold: ordered(headPitchThreshold),
    headYawThreshold: ordered(headYawThreshold),
  };
}

/** Checks settings and fills in defaults. @throws Fault INVALID_ARGUMENT whose one message names everything that is wrong */
export const eyeContactSettings = (input: EyeContactSettingsInput = {}): EyeContactSettings => settled(input, (path) => path.join('.'));

/** The contract's name of a setting: `gazePitchThreshold.low` is `gaze_pitch_threshold_low`. */
const contractName = (path: readonly PropertyKey[]): string =>
  path[0] === 'multiPerson'
    ? 'enable_multi_person'
    : path
        .join('_')
        .replace(/[A-Z]/g, (letter) => `_${letter}`)
        .toLowerCase();

const SWITCHES = ['detectClosure', 'enableLookaway', 'enableMultiPerson'] as const;

/** The settings that a call's configuration asks for. @throws Fault INVALID_ARGUMENT naming everything that is wrong, in the contract's names */
export function settingsOfConfig(config: GazeConfigFields): EyeContactSettings {
  const wrong = SWITCHES.filter((name) => ![undefined, 0, 1].includes(config[name])).map(
    (name) => `${contractName([name])} must be 0 or 1, not ${config[name]}`,
  );
  const { temporal, eyeSizeSensitivity, lookawayMaxOffset, lookawayIntervalMin, lookawayIntervalRange } = config;
  const onOff = (name: (typeof SWITCHES)[number]): boolean | undefined => (config[name] === undefined ? undefined : config[name] !== 0);
  const input = {
    temporal,
    detectClosure: onOff('detectClosure'),
    eyeSizeSensitivity,
    enableLookaway: onOff('enableLookaway'),
    lookawayMaxOffset,
    lookawayIntervalMin,
    lookawayIntervalRange,
    gazePitchThreshold: { low: config.gazePitchThresholdLow, high: config.gazePitchThresholdHigh },
    gazeYawThreshold: { low: config.gazeYawThresholdLow, high: config.gazeYawThresholdHigh },
    headPitchThreshold: { low: config.headPitchThresholdLow, high: config.headPitchThresholdHigh },
    headYawThreshold: { low: config.headYawThresholdLow, high: config.headYawThresholdHigh },
    multiPerson: onOff('enableMultiPerson'),
  };
  return settled(input, contractName, wrong);
}
