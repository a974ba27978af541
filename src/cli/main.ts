import { watchInterrupts } from './interrupt.js';
import { runCli } from './program.js';

const { stdin, stdout, stderr, env } = process;
// A reader that closes the pipe early (`| head`) is no error of ours.
stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});
const { drain, release } = watchInterrupts(stderr);
process.exitCode = await runCli(process.argv.slice(2), { env, cwd: process.cwd(), stdin, stdout, stderr, drain });
release();
