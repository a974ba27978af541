import { Fault, type FaultCode, type FrameInfo, type LogRecord, type PictureRequest, toFault } from '../../core/index.js';
import type { AlgorithmObject } from './algorithm.js';
import type { RunOutcome } from './instance.js';

/** What a thread with one algorithm is started with. */
export interface AlgorithmOrder {
  /** True path of the file. */
  readonly file: string;
  readonly exportName: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly stream: string;
  readonly node: string;
  readonly frameHasGone: boolean;
}

/** A frame without its pixels. */
export interface SentFrame {
  readonly info: FrameInfo;
  readonly objects: readonly AlgorithmObject[];
}

/** An error as it travels. */
export interface SentError {
  readonly code: FaultCode;
  readonly message: string;
  readonly stack?: string;
}

/** To the algorithm's thread. */
export type ToAlgorithm =
  | { readonly kind: 'run'; readonly run: number; readonly frames: readonly SentFrame[] }
  | { readonly kind: 'abort'; readonly run: number; readonly error: SentError }
  | { readonly kind: 'picture'; readonly id: number; readonly bytes: Uint8Array; readonly error?: undefined }
  | { readonly kind: 'picture'; readonly id: number; readonly error: SentError }
  | { readonly kind: 'close' };

/** From the algorithm's thread. */
export type FromAlgorithm =
  | { readonly kind: 'ready' }
  | { readonly kind: 'failed'; readonly error: SentError }
  | { readonly kind: 'picture'; readonly id: number; readonly run: number; readonly frame: number; readonly request: PictureRequest }
  | { readonly kind: 'log'; readonly record: LogRecord }
  | { readonly kind: 'done'; readonly run: number; readonly outcome: RunOutcome }
  | { readonly kind: 'threw'; readonly run: number; readonly error: SentError }
  | { readonly kind: 'closed'; readonly error?: SentError };

/** An error as plain data, with the code `foreign` where it is no Fault; the stack tells the user's own lines. */
export function sentError(error: unknown, foreign: FaultCode = 'UNKNOWN'): SentError {
  const { message, stack, name } = error instanceof Error ? error : new Error(String(error));
  const text = name === 'Error' || name === 'Fault' ? message : `${name}: ${message}`;
  return { code: toFault(error, foreign).code, message: text, ...(stack ? { stack } : {}) };
}

/** The way back from {@link sentError}. */
export function receivedError({ code, message, stack }: SentError): Fault {
  const fault = new Fault(code, message);
  if (stack) fault.stack = stack;
  return fault;
}
