import { resolve } from 'node:path';
import { Command } from 'commander';
import { Fault, fail, NULL_LOG, createLog } from '../core/index.js';
import type { EyeContactSettingsInput, RedirectProgress } from '../eye-contact/index.js';
import type { VideoEncoding } from '../media/index.js';
import { createCliZoo } from './cli-zoo.js';
import type { CliContext } from './context.js';
import { number } from './option-values.js';
import { ProgressReporter } from './progress.js';

interface EyeContactFlags {
  readonly strength: number;
  readonly eyeSize: number;
  readonly detectClosure?: boolean;
  readonly lookaway?: boolean;
  readonly lookawayMaxOffset: number;
  readonly lookawayIntervalMin: number;
  readonly lookawayIntervalRange: number;
  readonly gazePitch: readonly [number, number];
  readonly gazeYaw: readonly [number, number];
  readonly headPitch: readonly [number, number];
  readonly headYaw: readonly [number, number];
  readonly multiPerson?: boolean;
  readonly temporal: number;
  readonly seed?: number;
  readonly lossless?: boolean;
  readonly bitrate?: number;
  readonly crf?: number;
  readonly idrInterval?: number;
  readonly preset?: string;
  readonly overwrite?: boolean;
  readonly json?: boolean;
}

const degrees = number(10, 35);

/** `20,30` */
function range(text: string): readonly [number, number] {
  const [low = '', high = low] = text.split(',');
  return [degrees(low), degrees(high)];
}

const threshold = ([low, high]: readonly [number, number]) => ({ low, high });

/** The settings that the flags ask for. */
export function settingsOf(flags: EyeContactFlags): EyeContactSettingsInput {
  return {
    strength: flags.strength,
    temporal: flags.temporal,
    eyeSizeSensitivity: flags.eyeSize,
    detectClosure: flags.detectClosure ?? false,
    enableLookaway: flags.lookaway ?? false,
    lookawayMaxOffset: flags.lookawayMaxOffset,
    lookawayIntervalMin: flags.lookawayIntervalMin,
    lookawayIntervalRange: flags.lookawayIntervalRange,
    gazePitchThreshold: threshold(flags.gazePitch),
    gazeYawThreshold: threshold(flags.gazeYaw),
    headPitchThreshold: threshold(flags.headPitch),
    headYawThreshold: threshold(flags.headYaw),
    multiPerson: flags.multiPerson ?? false,
    ...(flags.seed !== undefined && { seed: flags.seed }),
  };
}

/** The encoding that the flags ask for. @throws Fault USAGE where they exclude each other */
export function encodingOf({ lossless, bitrate, crf, idrInterval, preset }: EyeContactFlags): VideoEncoding {
  if ([lossless, bitrate, crf].filter((value) => value !== undefined).length > 1) fail('USAGE', 'of --lossless, --bitrate and --crf, one at most');
  return {
    ...(lossless && { lossless }),
    ...(bitrate !== undefined && { bitsPerSecond: bitrate }),
    ...(crf !== undefined && { crf }),
    ...(idrInterval !== undefined && { keyFrameEvery: idrInterval }),
    ...(preset !== undefined && { preset }),
  };
}

async function runEyeContact(source: string, target: string, flags: EyeContactFlags, context: CliContext): Promise<void> {
  const { cwd, stderr, stdout, drain } = context;
  const { openRedirectors, eyeContactSettings, redirectVideo } = await import('../eye-contact/index.js');
  const { createEngine } = await import('../inference/index.js');
  const settings = eyeContactSettings(settingsOf(flags));
  const encoding = encodingOf(flags);
  await using engine = createEngine();
  await using redirectors = await openRedirectors(engine, createCliZoo(context), drain);
  await using redirector = redirectors.create(settings);
  const progress = new ProgressReporter(stderr);
  const startMs = performance.now();
  const told = ({ frames, total, faces }: RedirectProgress) => ({
    done: frames,
    ...(total !== undefined && { total }),
    note: faces === 1 ? '1 face' : `${faces} faces`,
  });
  let last: RedirectProgress = { frames: 0, faces: 0 };
  const summary = await redirectVideo({
    input: resolve(cwd, source),
    output: resolve(cwd, target),
    overwrite: flags.overwrite ?? false,
    redirector,
    encoding,
    stop: drain,
    log: flags.json ? NULL_LOG : createLog(({ message }) => void stderr.write(`${message}\n`), 'warn'),
    onProgress: (now) => {
      last = now;
      progress.update(() => told(now));
    },
  });
  progress.end(told(last));
  const { frames, changed, framesWithFace, mostFaces } = summary;
  const seconds = (performance.now() - startMs) / 1000;
  const fps = Number((frames / seconds).toFixed(1));
  if (flags.json)
    stdout.write(
      `${JSON.stringify({ command: 'eye-contact', source, output: target, frames, changed, framesWithFace, mostFaces, seconds, fps, interrupted: drain.aborted })}\n`,
    );
  else stderr.write(`${frames} frames, ${framesWithFace} with a face, ${changed} changed, ${seconds.toFixed(1)} s (${fps} fps) -> ${target}\n`);
  if (!flags.json && framesWithFace === 0) stderr.write('No face was found; the pictures are as they were.\n');
  if (drain.aborted) throw new Fault('CANCELLED', `interrupted; ${target} holds the ${frames} frames that were done`);
}

/** `ocellus eye-contact IN OUT.mp4` */
export function eyeContactCommand(context: CliContext): Command {
  return new Command('eye-contact')
    .summary('turn the eyes of a video to the camera')
    .description('Turns the eyes of whoever is in a video to the camera. Sound, subtitles, times, colours and rotation stay as they are.')
    .argument('<video>', 'MP4, MOV, WebM, Matroska')
    .argument('<output>', 'file to write: .mp4, .m4v or .mov')
    .option('--strength <share>', 'how far the gaze is turned, 0 (not at all) to 1', number(0, 1), 1)
    .option('--eye-size <n>', 'how large a region round the eyes is blended, 2 to 6', number(2, 6, true), 3)
    .option('--detect-closure', 'also hold back where eyes close or something covers them')
    .option('--lookaway', 'look away from the camera for moments at random times')
    .option('--lookaway-max-offset <degrees>', 'largest angle of looking away, 1 to 10', number(1, 10, true), 5)
    .option('--lookaway-interval-min <frames>', 'fewest frames between two, 1 to 600', number(1, 600, true), 100)
    .option('--lookaway-interval-range <frames>', 'frames added at most, at random, 1 to 600', number(1, 600, true), 250)
    .option('--gaze-pitch <low,high>', 'gaze up or down: redirected in full up to low, not from high on', range, [20, 30] as const)
    .option('--gaze-yaw <low,high>', 'the same for gaze to a side', range, [20, 30] as const)
    .option('--head-pitch <low,high>', 'the same for the head turned up or down', range, [15, 25] as const)
    .option('--head-yaw <low,high>', 'the same for the head turned to a side', range, [25, 30] as const)
    .option('--multi-person', 'redirect every face, not only the largest')
    .option('--temporal <mask>', 'filters over time, a bit mask; all by default', number(0, 0xffff_ffff, true), 0xffff_ffff)
    .option('--seed <n>', 'start of the random numbers, to repeat a run', number(0, 0xffff_ffff, true))
    .option('--lossless', 'keep every pixel outside the eyes to the last bit')
    .option('--bitrate <bits>', 'mean bits a second of the pictures', number(1000, 1e9, true))
    .option('--crf <n>', 'constant quality, 0 (best) to 51 (default: 20)', number(0, 51))
    .option('--idr-interval <frames>', 'frames from one key frame to the next', number(1, 100_000, true))
    .option('--preset <name>', 'x264 preset (default: veryfast)')
    .option('--overwrite', 'replace an output that is already there')
    .option('--json', 'print one summary object on stdout')
    .addHelpText('after', '\nExample:\n  ocellus eye-contact talk.mp4 talk-looking.mp4 --strength 0.8 --lookaway\n')
    .action((video: string, output: string, flags: EyeContactFlags) => runEyeContact(video, output, flags, context));
}
