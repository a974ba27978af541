import { Fault } from '../../core/index.js';
import { type AccessRules, type ApiCategory, checkAccess } from '../front/restrictions.js';
import type { ModelServer } from '../port.js';
import type { Exchange } from './exchange.js';

/** What a handler works with. */
export interface HttpContext {
  readonly server: ModelServer;
  readonly access: AccessRules;
  /** Bytes of the largest JSON, raw or unpacked body. */
  readonly maxInputBytes: number;
  /** Headers whose names match become parameters of an inference. */
  readonly forwardHeaders: RegExp | undefined;
}

/** What a path names. */
export type PathParts = readonly (string | undefined)[];

/** Answers one kind of call. What it throws becomes the answer. */
export type Handler = (exchange: Exchange, context: HttpContext, parts: PathParts) => void | Promise<void>;

/** A handler behind its category's restriction. */
export const guarded =
  (category: ApiCategory, handle: Handler): Handler =>
  (exchange, context, parts) => {
    checkAccess(
      context.access,
      category,
      (name) => exchange.header(name.toLowerCase()),
      (key) => new Fault('PERMISSION_DENIED', `This API is restricted, expecting header '${key}'`),
    );
    return handle(exchange, context, parts);
  };
