import { Command, Option } from 'commander';
import type { SyntheticVariation } from '../eye-contact/evaluation.js';
import type { CliContext } from './context.js';

/** Options of `eval eye-contact`. */
export interface EvalOptions {
  readonly synthetic?: boolean;
  readonly only?: string;
  readonly sheet?: string;
  readonly overwrite?: boolean;
  readonly json?: boolean;
}

/** Written here, since what evaluates is loaded on use. */
const AXES: readonly SyntheticVariation['axis'][] = ['head', 'skin', 'iris', 'glasses', 'light', 'size'];

/** `ocellus eval`: measures how good something is, apart from how fast. */
export function evalCommand(context: CliContext): Command {
  const eyeContact = new Command('eye-contact')
    .summary('measure gaze redirection')
    .description(
      'Draws eyes of which all is known, turns them to the camera, and compares them with the same eyes drawn looking there: likeness in dB and SSIM, degrees by which they miss the camera, and how much steeper than in the pictures compared the brightness changes along the lids. Beside the renderer: leaving the picture as it is, and the usual warp. The whole set takes a minute or two.',
    )
    .option('--synthetic', 'evaluate on drawn eyes')
    .addOption(new Option('--only <axis>', 'only the faces that differ in this').choices(AXES))
    .option('--sheet <file>', 'write a PNG to look at: a row for each picture with an eye before, after, in truth, and the difference')
    .option('--overwrite', 'replace an existing sheet')
    .option('--json', 'print the results as JSON')
    .action(async (options: EvalOptions) => {
      const { runEval } = await import('./run-eval.js');
      await runEval(options, context);
    });
  return new Command('eval')
    .summary('measure the quality of results')
    .description('Measures how good results are, against what is known to be true.')
    .addCommand(eyeContact);
}
