import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, renameSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** One look at a running process (Linux). */
export interface Sample {
  /** Resident set. */
  readonly rssMiB: number;
  /** CPU time of the main thread so far. */
  readonly mainMs: number;
  /** Size of results.jsonl, which grows evenly with the frames. */
  readonly bytes: number;
}

/** The clip `times` times over, without coding it again; made once. */
export function loopedClip(clip: string, times: number): string {
  const looped = clip.replace('.mp4', `-x${times}.mp4`);
  if (existsSync(looped)) return looped;
  const part = `${looped}.part.mp4`;
  execFileSync('ffmpeg', ['-v', 'error', '-y', '-stream_loop', String(times - 1), '-i', clip, '-c', 'copy', part]);
  renameSync(part, looped);
  return looped;
}

function look(pid: number, results: string): Sample {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const schedstat = readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'utf8');
  const rssKib = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]);
  return { rssMiB: rssKib / 1024, mainMs: Number(schedstat.split(' ')[0]) / 1e6, bytes: existsSync(results) ? statSync(results).size : 0 };
}

/** Runs the command line on a clip, as a user does, and looks at it once a second. */
export async function soak(
  clip: string,
  model: string,
): Promise<{ readonly samples: readonly Sample[]; readonly frames: number; readonly bytes: number }> {
  const folder = await mkdtemp(join(tmpdir(), 'ocellus-soak-'));
  const results = join(folder, 'results.jsonl');
  try {
    const main = resolve(import.meta.dirname, '../dist/cli/main.js');
    const child = spawn(process.execPath, [main, 'detect', clip, '-m', model, '-o', folder, '--json'], { stdio: ['ignore', 'pipe', 'ignore'] });
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    const ended = once(child, 'close');
    const samples: Sample[] = [];
    while (child.exitCode === null) {
      await Promise.race([sleep(1000), ended]);
      if (child.exitCode === null) samples.push(look(child.pid!, results));
    }
    await ended;
    const { frames } = JSON.parse(stdout) as { frames: number };
    return { samples, frames, bytes: statSync(results).size };
  } finally {
    await rm(folder, { recursive: true });
  }
}
