import { createMeter, fail, NULL_LOG } from '../../core/index.js';
import { REFLECTION_PATHS, reflectionMethod } from '../../serving/index.js';
import { type Method, openGrpcServer } from '../../wire/grpc.js';
import { file_eyecontact, file_service_info, MaxineEyeContactService } from '../../wire/eye-contact.js';
import { file_health } from '../../wire/index.js';
import { healthCheck } from './health.js';
import { EYE_CONTACT_METRICS } from './metric-table.js';
import { openNimHttp } from './nim-http.js';
import type { EyeContactService, EyeContactServiceOptions } from './port.js';
import { processMetrics } from './process-metrics.js';
import { redirectGaze } from './redirect-gaze.js';
import { Slots } from './slots.js';

/** Bytes of the largest message; the clients send 64 KiB of video in each. */
const MAX_MESSAGE_BYTES = 16 << 20;
const DEFAULT_WAIT_MS = 15_000;
const DEFAULT_GRACE_MS = 30_000;

/** Serves the eye-contact contract. @throws Fault UNAVAILABLE when an address is not to be had, INVALID_ARGUMENT for wrong slots */
export async function serveEyeContact(options: EyeContactServiceOptions): Promise<EyeContactService> {
  const { host = '127.0.0.1', httpPort = 8000, grpcPort = 8001, tls, log = NULL_LOG, prepare, modelInfo } = options;
  const meter = createMeter({ table: EYE_CONTACT_METRICS });
  let state: 'starting' | 'ready' | 'stopping' = 'starting';
  const isReady = (): boolean => state === 'ready';
  const slots = new Slots(options.slots ?? 1, options.admissionWaitMs ?? DEFAULT_WAIT_MS);
  const throwUnlessReady = (): void => {
    if (!isReady()) fail('UNAVAILABLE', state === 'starting' ? 'the service is still making ready' : 'the service is about to stop');
  };
  const methods = new Map<string, Method>([
    [`/${MaxineEyeContactService.typeName}/RedirectGaze`, redirectGaze({ options, slots, meter, log, throwUnlessReady })],
    ['/grpc.health.v1.Health/Check', healthCheck(isReady)],
    ...REFLECTION_PATHS.map((path) => [path, reflectionMethod([file_eyecontact, file_service_info, file_health])] as const),
  ]);
  const grpc = await openGrpcServer({
    methods,
    host,
    port: grpcPort,
    maxMessageBytes: MAX_MESSAGE_BYTES,
    ...(tls && { tls: { cert: tls.cert, key: tls.key, ...(tls.ca !== undefined && { ca: tls.ca, requestCert: true, rejectUnauthorized: true }) } }),
  });
  const metrics = (): string => meter.prometheus() + processMetrics();
  const http = await openNimHttp({ host, port: httpPort, tls, isReady, metrics, modelInfo }).catch(async (error: unknown) => {
    await grpc.close(0);
    throw error;
  });
  const ready = (async () => {
    await prepare?.();
    if (state === 'starting') state = 'ready';
  })();
  // Whoever waits for it hears of it; the service goes on, not ready.
  ready.catch((error: unknown) => log.error(`making ready failed: ${(error as Error).message}`));
  let closed: Promise<void> | undefined;
  const close = (graceMs = DEFAULT_GRACE_MS): Promise<void> => {
    state = 'stopping';
    closed ??= (async () => {
      await grpc.close(graceMs);
      await http.close(0);
    })();
    return closed;
  };
  return { host, httpPort: http.port, grpcPort: grpc.port, ready, close, [Symbol.asyncDispose]: () => close() };
}
