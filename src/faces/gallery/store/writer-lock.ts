import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { Fault, fail, toFault } from '../../../core/index.js';

interface Holder {
  readonly token: string;
  readonly host: string;
  readonly pid: number;
  /** Tells a process from a later one with the same number; absent where the system does not say. */
  readonly startedAt?: string;
}

/** When a process started, in the kernel's own unit: field 22 of its status line, counted behind the name in brackets. */
async function startOf(pid: number): Promise<string | undefined> {
  const line = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return line.slice(line.lastIndexOf(')') + 2).split(' ')[19];
}

async function isAlive({ host, pid, startedAt }: Holder): Promise<boolean> {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return startedAt === undefined || startedAt === (await startOf(pid));
}

async function holderAt(path: string): Promise<Holder | undefined> {
  const text = await readFile(path, 'utf8').catch(() => '');
  try {
    return JSON.parse(text) as Holder;
  } catch {
    return undefined;
  }
}

/** The right to write to a folder: a file that names its holder, taken over when the holder's process is gone. */
export class WriterLock {
  private constructor(
    readonly path: string,
    readonly token: string,
  ) {}

  /** Takes the lock. @throws Fault FAILED_PRECONDITION that names who has it */
  static async take(path: string): Promise<WriterLock> {
    const startedAt = await startOf(process.pid);
    const holder: Holder = { token: randomUUID(), host: hostname(), pid: process.pid, ...(startedAt === undefined ? {} : { startedAt }) };
    const own = `${path}.${holder.token}`;
    await writeFile(own, JSON.stringify(holder), { mode: 0o600 });
    try {
      for (;;) {
        if (await linked(own, path)) return new WriterLock(path, holder.token);
        const other = await holderAt(path);
        if (other && (await isAlive(other)))
          fail(
            'FAILED_PRECONDITION',
            `the gallery is open for writing in process ${other.pid} on ${other.host}; stop it, or open this one with readOnly. Where that process is gone for sure, remove ${path}`,
          );
        await putAside(path, other);
      }
    } finally {
      await rm(own, { force: true });
    }
  }

  /** @throws Fault FAILED_PRECONDITION when another process took the lock meanwhile */
  async check(): Promise<void> {
    if ((await holderAt(this.path))?.token !== this.token)
      fail('FAILED_PRECONDITION', `another process took the gallery over (lock: ${this.path}); open it again`);
  }

  /** Gives the lock back. */
  async release(): Promise<void> {
    if ((await holderAt(this.path))?.token === this.token) await rm(this.path, { force: true });
  }
}

/** Links `own` to `path`, which either makes the lock whole or not at all. */
async function linked(own: string, path: string): Promise<boolean> {
  try {
    await link(own, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw toFault(error, 'OUTPUT_FAILED', `cannot lock ${path}: `);
  }
}

/** Removes a dead holder's lock; one that somebody else took in the same moment is put back. */
async function putAside(path: string, dead: Holder | undefined): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw new Fault('OUTPUT_FAILED', `cannot take over ${path}`, { cause: error });
  }
  const moved = await holderAt(aside);
  if (moved?.token !== dead?.token) await link(aside, path).catch(() => {});
  await rm(aside, { force: true });
}
