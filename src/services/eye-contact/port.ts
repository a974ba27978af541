import type { Log } from '../../core/index.js';
import type { EyeContactSettings, GazeRedirector } from '../../eye-contact/index.js';

/** Makes the redirector of one video. */
export type MakeRedirector = (settings: EyeContactSettings) => Promise<GazeRedirector> | GazeRedirector;

/** Certificates of a server, in PEM. */
export interface ServiceTls {
  readonly cert: string;
  readonly key: string;
  /** Authorities whose clients are let in; then a gRPC client must show a certificate. */
  readonly ca?: string;
}

/** How the service is set up. */
export interface EyeContactServiceOptions {
  readonly makeRedirector: MakeRedirector;
  /** What does the redirecting, as the banner tells it. */
  readonly modelInfo: string;
  /** Makes ready, as by loading models; until it is done the service is not ready. */
  readonly prepare?: () => Promise<void>;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default 8000; 0 takes any free port. */
  readonly httpPort?: number;
  /** Default 8001; 0 takes any free port. */
  readonly grpcPort?: number;
  readonly tls?: ServiceTls;
  /** Callers must send `authorization: Bearer` with it; anyone may call when absent. */
  readonly token?: string;
  /** Videos at work at a time; default 1. */
  readonly slots?: number;
  /** How long a call waits for a slot; default 15 s. */
  readonly admissionWaitMs?: number;
  /** Bytes of the largest video taken; no limit when absent. */
  readonly maxFileBytes?: number;
  /** A keepalive goes out when nothing else has for so long; default 5 s. */
  readonly keepaliveMs?: number;
  /** Where videos that must come in whole are put meanwhile; the system's folder for temporary files when absent. */
  readonly temporaryFolder?: string;
  /** x264 preset; `veryfast` when absent. */
  readonly preset?: string;
  readonly log?: Log;
}

/** A service that listens. */
export interface EyeContactService extends AsyncDisposable {
  readonly host: string;
  readonly httpPort: number;
  readonly grpcPort: number;
  /** Settles when `prepare` is done. @throws what `prepare` threw */
  readonly ready: Promise<void>;
  /** Takes no further call, lets those at work end, and cuts off what is left after `graceMs`, 30 s when absent. */
  close(graceMs?: number): Promise<void>;
}
