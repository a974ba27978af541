import { AVERROR_EOF } from 'node-av/constants';
import { FFmpegError, PosixError } from 'node-av/lib';
import { type FaultCode, fail } from '../../core/index.js';

/** "Feed me first" or "take something first"; its number differs between systems. */
export const AGAIN: number = FFmpegError.AVERROR(PosixError.EAGAIN);

/** The end of a file, a decoder or a graph. */
export const END: number = AVERROR_EOF;

/** libav's words for a negative result. */
export const libavText = (code: number): string => FFmpegError.strerror(code);

/** Passes a result of zero or more on. @throws Fault `fault` that begins with `what` and ends in libav's words */
export function checked(code: number, what: string, fault: FaultCode = 'INTERNAL'): number {
  return code >= 0 ? code : fail(fault, `${what}: ${libavText(code)}`);
}
