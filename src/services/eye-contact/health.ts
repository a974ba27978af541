import { fail } from '../../core/index.js';
import type { Method } from '../../wire/grpc.js';
import { MaxineEyeContactService } from '../../wire/eye-contact.js';
import {
  create,
  fromBinary,
  HealthCheckRequestSchema,
  HealthCheckResponse_ServingStatus as Status,
  HealthCheckResponseSchema,
  toBinary,
} from '../../wire/index.js';

const KNOWN: ReadonlySet<string> = new Set(['', MaxineEyeContactService.typeName]);

/** `grpc.health.v1.Health/Check`, of the whole server and of the one service. */
export const healthCheck = (isReady: () => boolean): Method => ({
  kind: 'unary',
  handle(request) {
    const { service } = fromBinary(HealthCheckRequestSchema, request);
    if (!KNOWN.has(service)) fail('NOT_FOUND', `there is no service "${service}" here`);
    return toBinary(HealthCheckResponseSchema, create(HealthCheckResponseSchema, { status: isReady() ? Status.SERVING : Status.NOT_SERVING }));
  },
});
