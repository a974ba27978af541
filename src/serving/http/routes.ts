import { Fault } from '../../core/index.js';
import type { Handler, HttpContext, PathParts } from './context.js';
import type { Exchange } from './exchange.js';
import { generate, generateStream } from './generate-handlers.js';
import { infer } from './infer-handler.js';
import { cudaSharedMemory, systemSharedMemory } from './memory-handlers.js';
import { modelConfig, modelMetadata, modelReady, modelStatistics, serverHealth, serverMetadata } from './model-handlers.js';
import { loadModel, repositoryIndex, unloadModel } from './repository-handlers.js';
import type { RequestHead } from './request-head.js';
import { logging, traceSetting } from './setting-handlers.js';

const MODEL = /^\/v2\/models\/([^/]+)(?:\/versions\/([0-9]+))?(?:\/(infer|generate|generate_stream|ready|config|stats|trace\/setting))?$/;

/** What stands behind a model's path. */
const OF_MODEL: Readonly<Record<string, Handler>> = {
  '': modelMetadata,
  infer,
  generate,
  generate_stream: generateStream,
  ready: modelReady,
  config: modelConfig,
  stats: modelStatistics,
  'trace/setting': traceSetting,
};

/** Paths without parts. */
const FIXED: Readonly<Record<string, Handler>> = {
  '/v2': serverMetadata,
  '/v2/models/stats': modelStatistics,
  '/v2/logging': logging,
  '/v2/trace/setting': traceSetting,
};

/** The other paths, tried in order. */
const PATTERNS: readonly (readonly [RegExp, Handler])[] = [
  [/^\/v2\/health\/(live|ready)$/, serverHealth],
  [/^\/v2\/repository(?:\/([^/]+))?\/index$/, repositoryIndex],
  [/^\/v2\/repository(?:\/([^/]+))?\/models\/([^/]+)\/load$/, loadModel],
  [/^\/v2\/repository(?:\/([^/]+))?\/models\/([^/]+)\/unload$/, unloadModel],
  [/^\/v2\/systemsharedmemory(?:\/region\/([^/]+))?\/(status|register|unregister)$/, systemSharedMemory],
  [/^\/v2\/cudasharedmemory(?:\/region\/([^/]+))?\/(status|register|unregister)$/, cudaSharedMemory],
];

function decoded(part: string | undefined): string | undefined {
  if (part === undefined || !part.includes('%')) return part;
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function find(path: string): readonly [Handler, PathParts] | undefined {
  const fixed = FIXED[path];
  if (fixed) return [fixed, []];
  const model = MODEL.exec(path);
  if (model) {
    const [, name, version, kind = ''] = model;
    const handler = kind === 'trace/setting' && version !== undefined ? undefined : OF_MODEL[kind];
    if (handler) return [handler, [decoded(name), version]];
  }
  for (const [pattern, handler] of PATTERNS) {
    const match = pattern.exec(path);
    if (match) return [handler, match.slice(1).map(decoded)];
  }
  return undefined;
}

/** What a head's path names, for as long as the head is remembered. */
const known = new WeakMap<RequestHead, ReturnType<typeof find>>();

function foundFor(head: RequestHead): ReturnType<typeof find> {
  const before = known.get(head);
  if (before) return before;
  const found = find(head.path);
  if (found) known.set(head, found);
  return found;
}

/** Answers a call; whatever goes wrong becomes the answer. */
export function route(exchange: Exchange, context: HttpContext): void {
  try {
    const found = foundFor(exchange.head);
    if (!found) throw new Fault('NOT_FOUND', 'Not Found');
    const done = found[0](exchange, context, found[1]);
    if (done) done.catch((error: unknown) => exchange.fail(error));
  } catch (error) {
    exchange.fail(error);
  }
}
