import type { TlsOptions } from 'node:tls';
import { type Log, NULL_LOG } from '../../core/index.js';
import { type Encoding, type Keepalive, type Method, openGrpcServer } from '../../wire/grpc.js';
import type { AccessRules } from '../front/restrictions.js';
import type { Front } from '../http/http-front.js';
import type { ModelServer } from '../port.js';
import type { GrpcContext } from './calls.js';
import { modelInfer, modelStreamInfer } from './infer-methods.js';
import { REFLECTION_PATHS, reflectionMethod } from './reflection.js';
import { UNARY_METHODS } from './unary-methods.js';

/** How the gRPC front end listens. */
export interface GrpcFrontOptions {
  readonly server: ModelServer;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default 8001; 0 takes any free port. */
  readonly port?: number;
  readonly access?: AccessRules;
  readonly forwardHeaders?: RegExp;
  readonly tls?: TlsOptions;
  readonly keepalive?: Keepalive;
  /** How answers are packed, for clients that accept it. */
  readonly encoding?: Encoding;
  /** Hears of every answered call. */
  readonly accessLog?: Log;
}

function logged(path: string, method: Method, log: Log): Method {
  if (method.kind === 'stream') return method;
  return {
    kind: 'unary',
    async handle(request, call) {
      const startMs = performance.now();
      let status = 'OK';
      try {
        return await method.handle(request, call);
      } catch (error) {
        status = (error as { code?: string }).code ?? 'UNKNOWN';
        throw error;
      } finally {
        log.info(`gRPC ${path} ${status}`, { ms: Number((performance.now() - startMs).toFixed(3)) });
      }
    },
  };
}

/** Serves the KServe v2 protocol over gRPC. @throws Fault UNAVAILABLE when the address is not to be had */
export async function openGrpcFront(options: GrpcFrontOptions): Promise<Front> {
  const { server, host = '127.0.0.1', port = 8001, access = { restrictions: [] }, accessLog = NULL_LOG } = options;
  const context: GrpcContext = { server, access, forwardHeaders: options.forwardHeaders };
  const methods = new Map<string, Method>([
    ...UNARY_METHODS.map(([path, bind]) => [path, bind(context)] as const),
    ['/inference.GRPCInferenceService/ModelInfer', modelInfer(context)],
    ['/inference.GRPCInferenceService/ModelStreamInfer', modelStreamInfer(context)],
    ...REFLECTION_PATHS.map((path) => [path, reflectionMethod()] as const),
  ]);
  if (accessLog !== NULL_LOG) for (const [path, method] of methods) methods.set(path, logged(path, method, accessLog));
  const listening = await openGrpcServer({
    methods,
    host,
    port,
    ...(options.tls && { tls: options.tls }),
    ...(options.keepalive && { keepalive: options.keepalive }),
    ...(options.encoding && { encoding: options.encoding }),
  });
  return { host, port: listening.port, close: (graceMs) => listening.close(graceMs) };
}
