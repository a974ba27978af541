/** What a command may touch; tests hand in their own. */
export interface CliContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Where questions are answered; absent where nobody is asked. */
  readonly stdin?: NodeJS.ReadStream;
  readonly stdout: CliStream;
  readonly stderr: CliStream;
  /** The first interrupt: finish what is at work. */
  readonly drain: AbortSignal;
}

/** The part of a terminal or pipe that commands use. */
export interface CliStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}
