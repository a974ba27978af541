import { execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A PostgreSQL server of the test's own. */
export interface PostgresProcess {
  readonly address: string;
  stop(): Promise<void>;
}

function binaries(): string | undefined {
  try {
    const folder = execFileSync('pg_config', ['--bindir'], { encoding: 'utf8' }).trim();
    return existsSync(join(folder, 'initdb')) ? folder : undefined;
  } catch {
    return undefined;
  }
}

/** PostgreSQL does not run as root: another user is taken then. */
function otherUser(): { readonly uid: number; readonly gid: number } | undefined | null {
  if (process.getuid?.() !== 0) return undefined;
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => /^(postgres|nobody):/.test(entry));
  const [, , uid, gid] = line?.split(':') ?? [];
  return uid && gid ? { uid: Number(uid), gid: Number(gid) } : null;
}

/** Why there can be no PostgreSQL with pgvector here; false when there can. */
export function postgresMissing(): string | false {
  const folder = binaries();
  if (!folder) return 'needs PostgreSQL (initdb, and pg_config to find it)';
  const share = execFileSync('pg_config', ['--sharedir'], { encoding: 'utf8' }).trim();
  if (!existsSync(join(share, 'extension', 'vector.control'))) return 'needs pgvector in the PostgreSQL of this machine';
  return otherUser() === null ? 'needs a user other than root to run PostgreSQL' : false;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}

/** Starts a server with an empty database, on loopback. */
export async function startPostgres(): Promise<PostgresProcess> {
  const bin = binaries()!;
  const user = otherUser();
  const folder = mkdtempSync(join(tmpdir(), 'ocellus-postgres-'));
  if (user) chownSync(folder, user.uid, user.gid);
  const data = join(folder, 'data');
  execFileSync(join(bin, 'initdb'), ['-D', data, '-U', 'ocellus', '--auth=trust', '--encoding=UTF8', '--no-sync'], { ...user, stdio: 'pipe' });
  const port = await freePort();
  const server = spawn(join(bin, 'postgres'), ['-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', folder, '-F'], {
    ...user,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const closed = new Promise<void>((resolve) => server.once('close', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    let said = '';
    server.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (said.includes('ready to accept connections')) resolve();
    });
    void closed.then(() => reject(new Error(`PostgreSQL ended: ${said}`)));
  });
  return {
    address: `postgres://ocellus@127.0.0.1:${port}/postgres`,
    async stop() {
      server.kill('SIGINT');
      await closed;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
