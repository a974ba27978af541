import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { Fault, fail } from '../../../core/index.js';
import { MessageReader, type PythonMessage, writeMessage } from './python-messages.js';

/** Hears what a process says. */
export interface PythonEvents {
  message(message: PythonMessage, bytes: Uint8Array): void;
  /** It is gone by no wish of ours, or never came up. */
  lost(fault: Fault): void;
}

const STUB = fileURLToPath(new URL('./stub.py', import.meta.url));

/** A Python process that runs one model. */
export class PythonProcess {
  readonly #child: ChildProcess;
  readonly #files = new Set<string>();
  readonly #ended: Promise<void>;
  #stopping = false;

  constructor(
    python: string,
    readonly model: string,
    readonly events: PythonEvents,
  ) {
    // What the code prints is for the operator; answers have a way of their own.
    this.#child = spawn(python, ['-u', STUB], { stdio: ['ignore', 2, 2, 'pipe', 'pipe'] });
    const reader = new MessageReader();
    this.#ended = new Promise((resolve) => {
      this.#child.on('error', (error) => {
        this.#lost(
          new Fault(
            'UNAVAILABLE',
            `model "${model}": ${python} cannot be started: ${error.message}; install Python 3, or name another with the parameter "python"`,
          ),
        );
        resolve();
      });
      this.#child.on('exit', (code, signal) => {
        const how = signal === null ? `with ${code}` : `by ${signal}`;
        this.#lost(
          new Fault('UNAVAILABLE', `model "${model}": its Python process ended ${how} in the middle of this request; the next one starts another`),
        );
        resolve();
      });
    });
    (this.#child.stdio[4] as Readable).on('data', (chunk: Uint8Array) => {
      for (const { message, bytes } of reader.push(chunk)) events.message(message, bytes);
    });
    // A process that has died is told by its exit.
    (this.#child.stdio[3] as Writable).on('error', () => {});
  }

  #lost(fault: Fault): void {
    for (const file of this.#files) rmSync(file, { force: true });
    this.#files.clear();
    if (!this.#stopping) this.events.lost(fault);
    this.#stopping = true;
  }

  /** Sends a message with the bytes of its tensors. @throws Fault UNAVAILABLE once the process is gone */
  send(message: PythonMessage, parts: readonly Uint8Array[] = []): void {
    if (this.#stopping) fail('UNAVAILABLE', `model "${this.model}": its Python process is gone`);
    const { chunks, file } = writeMessage(message, parts);
    if (file !== undefined) this.#files.add(file);
    const pipe = this.#child.stdio[3] as Writable;
    pipe.cork();
    for (const chunk of chunks) pipe.write(chunk);
    pipe.uncork();
  }

  /** Files sent before are read by now. */
  forgetFiles(): void {
    this.#files.clear();
  }

  /** Asks it to finish, and waits; one that does not is killed after `graceMs`. */
  async stop(graceMs: number): Promise<void> {
    if (this.#stopping) return this.#ended;
    this.send({ kind: 'stop' });
    this.#stopping = true;
    const cut = setTimeout(() => this.#child.kill('SIGKILL'), graceMs);
    await this.#ended;
    clearTimeout(cut);
  }
}
