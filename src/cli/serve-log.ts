import { appendFileSync } from 'node:fs';
import { createLog, type Log, type LogLevel, type LogRecord } from '../core/index.js';
import type { SettingValue } from '../serving/index.js';
import type { CliStream } from './context.js';

const LETTER: Readonly<Record<LogLevel, string>> = { debug: 'V', info: 'I', warn: 'W', error: 'E' };
const SETTING: Readonly<Record<LogLevel, string>> = { debug: 'log_verbose_level', info: 'log_info', warn: 'log_warning', error: 'log_error' };

/** A record as a line: severity, time, text, and its fields. */
export function logLine({ level, message, fields }: LogRecord, now: Date, format: string): string {
  const iso = now.toISOString();
  const [date = '', time = ''] = [iso.slice(5, 10).replace('-', ''), iso.slice(11, 23)];
  const head = format === 'ISO8601' ? `${iso} ${LETTER[level]}` : `${LETTER[level]}${date} ${time}`;
  const more = Object.entries(fields).map(([name, value]) => ` ${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  return `${head} ${message}${more.join('')}\n`;
}

/** The log of a server: to `stderr` or a file, as its settings say at the moment. */
export function createServeLog(settings: () => ReadonlyMap<string, SettingValue>, stderr: CliStream, file: string | undefined): Log {
  const write = file === undefined ? (line: string): void => void stderr.write(line) : (line: string): void => appendFileSync(file, line);
  return createLog((record) => {
    const now = settings();
    if (now.get(SETTING[record.level])) write(logLine(record, new Date(), String(now.get('log_format'))));
  }, 'debug');
}
