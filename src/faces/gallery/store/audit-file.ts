import { join } from 'node:path';
import { fail } from '../../../core/index.js';
import { type AuditEntry, type ChainEnd, EMPTY_CHAIN, verifiedChain } from '../audit-chain.js';
import { RecordFile } from './record-file.js';
import type { KeyRing } from './seal.js';

const NAME = 'audit.records';

/** The audit log of a folder: a file that is only ever appended to. */
export class AuditFile {
  /** Entries that are part of a change already made, and could not be written yet. */
  #owed: AuditEntry[] = [];
  #end: ChainEnd = EMPTY_CHAIN;

  private constructor(readonly file: RecordFile) {}

  /** Makes an empty log. @throws Fault OUTPUT_FAILED */
  static async create(folder: string, keys: KeyRing | undefined): Promise<AuditFile> {
    return new AuditFile(await RecordFile.create(join(folder, NAME), keys));
  }

  /** Opens the log to append to it. @throws Fault NOT_FOUND, INTEGRITY */
  static async open(folder: string, keys: KeyRing | undefined): Promise<AuditFile> {
    const audit = new AuditFile(await RecordFile.open(join(folder, NAME), 'append', keys));
    for await (const { body } of audit.file.follow()) if (body) audit.#end = entryOf(body);
    await audit.file.cutTornTail();
    return audit;
  }

  /** Adds entries that a crash kept from being written. @throws Fault INTEGRITY when the log does not lead up to `end` even so */
  async catchUp(fromChanges: readonly AuditEntry[], end: ChainEnd): Promise<void> {
    await this.append(fromChanges.filter(({ sequence }) => sequence > this.#end.sequence));
    if (this.#end.sequence !== end.sequence || this.#end.hash !== end.hash)
      fail(
        'INTEGRITY',
        `${this.file.path} ends at entry ${this.#end.sequence}, the gallery at entry ${end.sequence}: it was cut or replaced. ` +
          'Restore it from a backup, or open the gallery with readOnly and export it',
      );
  }

  /** Writes entries. @throws Fault OUTPUT_FAILED; they are then owed, and written with the next */
  async append(entries: readonly AuditEntry[]): Promise<void> {
    this.#owed.push(...entries);
    if (this.#owed.length === 0) return;
    await this.file.append(this.#owed.map((entry) => Buffer.from(JSON.stringify(entry))));
    this.#end = this.#owed.at(-1)!;
    this.#owed = [];
  }

  /** Reads the log of a folder, which another process may be writing. @throws Fault INTEGRITY */
  static async *read(folder: string, keys: KeyRing | undefined): AsyncGenerator<AuditEntry> {
    const file = await RecordFile.open(join(folder, NAME), 'read', keys);
    try {
      yield* verifiedChain(entriesOf(file));
    } finally {
      await file.close();
    }
  }

  async close(): Promise<void> {
    await this.file.close();
  }
}

const entryOf = (body: Buffer): AuditEntry => JSON.parse(body.toString()) as AuditEntry;

async function* entriesOf(file: RecordFile): AsyncGenerator<AuditEntry> {
  for await (const { body } of file.follow()) if (body) yield entryOf(body);
}
