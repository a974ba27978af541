import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline/promises';
import type { CliContext } from './context.js';

/** The program that opens a file as a double click would. */
function opener(platform: NodeJS.Platform, path: string): readonly [command: string, args: readonly string[]] {
  if (platform === 'darwin') return ['open', [path]];
  if (platform === 'win32') return ['cmd', ['/c', 'start', '""', path]];
  return ['xdg-open', [path]];
}

/** Opens a file with what the desktop has for it; false where there is no desktop. */
function openFile(path: string): Promise<boolean> {
  const [command, args] = opener(process.platform, path);
  return new Promise((done) => {
    const child = spawn(command, [...args], { detached: true, stdio: 'ignore' });
    child
      .once('error', () => done(false))
      .once('spawn', () => {
        child.unref();
        done(true);
      });
  });
}

/** Asks whether to open `path`, where somebody is there to answer. `wanted`: asked for or declined on the command line. */
export async function offerToOpen(path: string, { stdin, stderr, drain }: CliContext, wanted: boolean | undefined): Promise<void> {
  if (wanted === false) return;
  if (wanted === undefined) {
    if (!stdin?.isTTY || !stderr.isTTY) return;
    const questions = createInterface({ input: stdin, output: process.stderr });
    const answer = await questions.question('\nOpen the page now? [Y/n] ', { signal: drain }).catch(() => 'n');
    questions.close();
    if (!/^(y|yes|)$/i.test(answer.trim())) return;
  }
  if (!(await openFile(path))) stderr.write(`No program was found that opens it; open ${path} in a browser.\n`);
}
