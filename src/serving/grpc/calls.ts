import type { DescMessage } from '@bufbuild/protobuf';
import { Fault, type FaultCode, toFault } from '../../core/index.js';
import { create, fromBinary, type MessageInitShape, type MessageShape, toBinary } from '../../wire/index.js';
import type { Method, ServerCall } from '../../wire/grpc.js';
import { type AccessRules, type ApiCategory, checkAccess } from '../front/restrictions.js';
import type { ModelServer } from '../port.js';

/** What a call works with. */
export interface GrpcContext {
  readonly server: ModelServer;
  readonly access: AccessRules;
  /** Metadata whose names match become parameters of an inference. */
  readonly forwardHeaders: RegExp | undefined;
}

const PREFIX = 'triton-grpc-protocol-';

/** Lets a call through or not. @throws Fault UNAVAILABLE, as Triton answers, UNAUTHENTICATED */
export function checkCall({ access }: GrpcContext, category: ApiCategory, { metadata }: ServerCall): void {
  checkAccess(
    access,
    category,
    (name) => {
      const value = metadata.get(name === 'authorization' ? name : PREFIX + name.toLowerCase());
      return typeof value === 'string' ? value : undefined;
    },
    (key) => new Fault('UNAVAILABLE', `This protocol is restricted, expecting header '${PREFIX}${key}'`),
  );
}

/** Codes that Triton has no status for go as what it answers instead. */
const AS_TRITON: Partial<Record<FaultCode, FaultCode>> = { UNKNOWN: 'INTERNAL', METHOD_NOT_ALLOWED: 'UNSUPPORTED' };

/** The fault as this protocol answers it. */
export function told(error: unknown): Fault {
  const fault = toFault(error);
  const code = AS_TRITON[fault.code];
  return code ? new Fault(code, fault.message, { cause: fault }) : fault;
}

/** A method of one message each way. */
export type UnaryMethod = readonly [path: string, bind: (context: GrpcContext) => Method];

/** A unary method of KServe's service, from its messages and what answers it. */
export function unary<In extends DescMessage, Out extends DescMessage>(
  name: string,
  category: ApiCategory,
  [input, output]: readonly [In, Out],
  answer: (server: ModelServer, request: MessageShape<In>) => MessageInitShape<Out> | Promise<MessageInitShape<Out>>,
): UnaryMethod {
  const bind = (context: GrpcContext): Method => ({
    kind: 'unary',
    async handle(bytes, call) {
      try {
        checkCall(context, category, call);
        return toBinary(output, create(output, await answer(context.server, fromBinary(input, bytes))));
      } catch (error) {
        throw told(error);
      }
    },
  });
  return [name.startsWith('/') ? name : `/inference.GRPCInferenceService/${name}`, bind];
}
