import { access, constants, mkdir, statfs } from 'node:fs/promises';
import { Command } from 'commander';
import { Fault, packageVersion, toFault } from '../core/index.js';
import { aboutLibav } from '../media/index.js';
import { aboutOnnxRuntime } from '../models/index.js';
import type { CliContext } from './context.js';
import { createCliZoo } from './cli-zoo.js';

type State = 'ok' | 'note' | 'fail';

interface Finding {
  readonly check: string;
  readonly state: State;
  readonly text: string;
}

const found = (check: string, state: State, text: string): Finding => ({ check, state, text });

function nodeFinding(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const good = major > 20 || (major === 20 && minor >= 19);
  return found(
    'Node',
    good ? 'ok' : 'fail',
    good ? `${process.version}, ${process.platform}-${process.arch}` : `${process.version}: Ocellus needs 20.19 or newer`,
  );
}

async function videoFinding(): Promise<Finding> {
  const { version, h264Encoder } = await aboutLibav();
  const words = h264Encoder ? 'H.264 encoder inside' : 'no H.264 encoder: videos can be read, not written';
  return found('Video library', h264Encoder ? 'ok' : 'note', `FFmpeg ${version}, ${words}; GPL-3.0 binary, see NOTICE before you redistribute it`);
}

async function runtimeFinding(context: CliContext): Promise<Finding> {
  const place = await createCliZoo(context).findRuntime();
  if (place.kind === 'missing')
    return found(
      'ONNX runtime',
      'note',
      'not installed (its install script needs a host outside the npm registry); it is taken from your registry at first use. Or type: npm install --ignore-scripts ocellus',
    );
  const { version, providers } = await aboutOnnxRuntime(place.kind === 'cache' ? place.folder : undefined);
  return found('ONNX runtime', 'ok', `${version}, providers: ${providers.join(', ')}${place.kind === 'cache' ? ' (from the cache)' : ''}`);
}

async function cacheFinding(context: CliContext): Promise<Finding> {
  const { cacheFolder } = createCliZoo(context).options;
  await mkdir(cacheFolder, { recursive: true });
  await access(cacheFolder, constants.W_OK);
  const { bavail, bsize } = await statfs(cacheFolder);
  const freeGib = (bavail * bsize) / 2 ** 30;
  return found('Model cache', freeGib < 0.5 ? 'note' : 'ok', `${cacheFolder}, ${freeGib.toFixed(1)} GiB free`);
}

async function modelsFinding(context: CliContext): Promise<Finding> {
  const rows = await createCliZoo(context).list();
  const ready = rows.filter(({ here, convertible }) => here || convertible).map(({ entry }) => entry.name);
  return found('Models', 'ok', ready.length ? `ready: ${ready.join(', ')}` : `none fetched yet; ${rows.length} in the catalogue`);
}

async function tried(check: string, look: () => Promise<Finding>): Promise<Finding> {
  try {
    return await look();
  } catch (error) {
    return found(check, 'fail', toFault(error).message);
  }
}

const MARK: Readonly<Record<State, string>> = { ok: 'ok  ', note: 'note', fail: 'FAIL' };

/** `ocellus doctor`: what is there, what is missing, and what to type. Exit code 69 when something needed is broken. */
export function doctorCommand(context: CliContext): Command {
  return new Command('doctor')
    .summary('check this machine')
    .description('Checks that everything Ocellus needs is there and works, and says what to type where it is not.')
    .option('--json', 'print the findings as JSON')
    .action(async ({ json }: { readonly json?: boolean }) => {
      const findings = [
        found('Ocellus', 'ok', packageVersion()),
        nodeFinding(),
        await tried('Video library', videoFinding),
        await tried('ONNX runtime', () => runtimeFinding(context)),
        await tried('Model cache', () => cacheFinding(context)),
        await tried('Models', () => modelsFinding(context)),
      ];
      if (json) context.stdout.write(`${JSON.stringify(findings)}\n`);
      else for (const { check, state, text } of findings) context.stdout.write(`${MARK[state]}  ${check.padEnd(14)} ${text}\n`);
      const broken = findings.filter(({ state }) => state === 'fail').map(({ check }) => check);
      if (broken.length) throw new Fault('UNAVAILABLE', `not working: ${broken.join(', ')}`);
    });
}
