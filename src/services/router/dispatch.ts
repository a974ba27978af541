import { type Clock, Fault, type FaultCode, toFault } from '../../core/index.js';
import type { Attempt } from '../../client/index.js';
import { completeRawInput, type InferCall, type StreamedResponse } from '../../serving/index.js';
import type { InferRequest, InferResponse, ModelConfig } from '../../wire/index.js';
import { byLoad, byPreference, hostsOf, requestLoad, sequenceLoad } from './choice.js';
import type { RouterCounters } from './router-metrics.js';
import { newSequenceId, sequencesOf } from './sequence-id.js';
import { type HeldSequence, sequenceKey, type SequenceTable } from './sequence-table.js';
import type { Upstream } from './upstream.js';

/** What a {@link Dispatcher} works with. */
export interface DispatchOptions {
  readonly upstreams: readonly Upstream[];
  readonly table: SequenceTable;
  readonly counters: RouterCounters;
  readonly clock: Clock;
  readonly random: () => number;
  /** @throws Fault when no server tells */
  readonly configOf: (model: string, version: string) => Promise<ModelConfig>;
}

/** Where a request may go, and what follows from what becomes of it. */
interface Route {
  /** As it is sent. */
  readonly request: InferRequest;
  /** In the order in which they are tried; asked for when the request is sent, so that the load is that of this moment. */
  candidates(): readonly Upstream[];
  /** Given to a sequence that began without an id. */
  readonly issued?: bigint | string;
  /** Whether the next candidate may be tried after a failure. @throws Fault that says more than the failure */
  goOn(upstream: Upstream, fault: Fault): Promise<boolean> | boolean;
  /** A server has taken it. */
  taken(upstream: Upstream): void;
  /** It is over. */
  leave(): void;
}

type SequenceRequest = InferRequest & { readonly controls: { readonly sequenceId: bigint | string } };

const isUnavailable = ({ code }: { readonly code: FaultCode }): boolean => code === 'UNAVAILABLE';
/** Says that a server knows nothing of a sequence, and did nothing. */
const isUnknownSequence = ({ message }: Fault): boolean => message.includes('must specify the START flag');
const namesSequence = (request: InferRequest): request is SequenceRequest => ![undefined, 0n, ''].includes(request.controls.sequenceId as never);

function noServer(upstreams: readonly Upstream[]): Fault {
  const told = upstreams.map(({ name, health }) => `${name} is ${health.state}${health.reason === '' ? '' : ` (${health.reason})`}`);
  return new Fault('UNAVAILABLE', `no server is ready: ${told.join('; ')}`);
}

const microsToMs = (micros: bigint): number => Number(micros) / 1000;

/** Sends each request to a server: what belongs to a sequence to the sequence's own, everything else to the least loaded. */
export class Dispatcher {
  constructor(readonly options: DispatchOptions) {}

  /** One request, one response. @throws Fault of the server, or UNAVAILABLE: no server is ready, or the sequence's is gone */
  async infer(request: InferRequest, call: InferCall): Promise<InferResponse> {
    const route = await this.#queued(request);
    try {
      const attempt: Attempt = call.signal ? { signal: call.signal } : {};
      const { value } = await this.#tried(route, ({ operations }) => operations.infer(route.request, true, attempt));
      return withId(value, route);
    } finally {
      route.leave();
    }
  }

  /** One request, any number of responses; another server is tried only before the first of them. @throws Fault as {@link infer} */
  async *stream(request: InferRequest, call: InferCall): AsyncGenerator<StreamedResponse> {
    const route = await this.#queued(request);
    try {
      // With this, errors come with their code and not as text only.
      const attempt: Attempt = { ...(call.signal && { signal: call.signal }), headers: { triton_grpc_error: 'true' } };
      const { upstream, value } = await this.#tried(route, async ({ operations }) => {
        const answers = operations.inferStream(route.request, attempt)[Symbol.asyncIterator]();
        return { answers, first: await answers.next() };
      });
      yield* this.#rest(route, upstream, value.answers, value.first);
    } finally {
      route.leave();
    }
  }

  async *#rest(
    route: Route,
    upstream: Upstream,
    answers: AsyncIterator<InferResponse>,
    first: IteratorResult<InferResponse>,
  ): AsyncGenerator<StreamedResponse> {
    upstream.inFlight++;
    try {
      for (let step = first; !step.done; step = await answers.next()) yield { response: withId(step.value, route), final: false };
      const { modelName, modelVersion, id } = route.request;
      yield { response: { modelName, modelVersion, id, parameters: new Map(), outputs: [] }, final: true };
    } catch (error) {
      upstream.failed(error);
      await route.goOn(upstream, toFault(error));
      throw error;
    } finally {
      upstream.inFlight--;
      await answers.return?.();
    }
  }

  async #queued(request: InferRequest): Promise<Route> {
    const { clock, counters } = this.options;
    const startMs = clock.nowMs();
    // Nothing is waited for before a sequence's request stands in its line, so that the order of the calls is kept.
    const route = await (namesSequence(request) ? this.#sequenceRoute(request) : this.#freeRoute(request));
    counters.queueMs += clock.nowMs() - startMs;
    return route;
  }

  async #tried<T>(route: Route, run: (upstream: Upstream) => Promise<T>): Promise<{ readonly upstream: Upstream; readonly value: T }> {
    let first: Fault | undefined;
    for (const upstream of route.candidates()) {
      if (first) this.options.counters.repeated++;
      try {
        const value = await upstream.counted(() => run(upstream));
        route.taken(upstream);
        return { upstream, value };
      } catch (error) {
        const fault = toFault(error);
        first ??= fault;
        if (!(await route.goOn(upstream, fault))) throw fault;
      }
    }
    throw first ?? noServer(this.options.upstreams);
  }

  /** Of a request that belongs to no sequence yet. */
  async #freeRoute(request: InferRequest): Promise<Route> {
    const { modelName, modelVersion } = request;
    if (request.rawInput) return this.#singleRoute(completeRawInput(request, await this.options.configOf(modelName, modelVersion)));
    if (!request.controls.sequenceStart) return this.#singleRoute(request);
    const rules = sequencesOf(await this.options.configOf(modelName, modelVersion));
    if (!rules) return this.#singleRoute(request);
    const { table, upstreams, random } = this.options;
    const hosts = hostsOf(upstreams, modelName);
    const [wanted] = byLoad(hosts, random, sequenceLoad);
    const issued = newSequenceId(
      rules,
      (id) => !table.has(sequenceKey(modelName, id)),
      (id) => byPreference(hosts, sequenceKey(modelName, id))[0] === wanted,
    );
    const route = await this.#sequenceRoute({ ...request, controls: { ...request.controls, sequenceId: issued } }, wanted);
    return { ...route, issued };
  }

  /** It may be sent again: it changes nothing, and no one has an answer of it yet. */
  #singleRoute(request: InferRequest): Route {
    const { upstreams, random } = this.options;
    return {
      request,
      candidates: () => byLoad(hostsOf(upstreams, request.modelName), random, requestLoad),
      goOn(upstream, fault) {
        if (isUnavailable(fault)) void upstream.poll();
        return isUnavailable(fault);
      },
      taken: () => {},
      leave: () => {},
    };
  }

  /** @param reserved where a new sequence is to be; it counts there from now on */
  async #sequenceRoute(request: SequenceRequest, reserved?: Upstream): Promise<Route> {
    const { table, clock, configOf } = this.options;
    const { modelName, modelVersion, controls } = request;
    const { held, before, leave } = table.enter(sequenceKey(modelName, controls.sequenceId), clock.nowMs());
    const left = (): void => leave(clock.nowMs());
    if (reserved) table.place(held, reserved);
    try {
      await before;
      if (held.upstream && !controls.sequenceStart) return this.#heldRoute(request, held, held.upstream, left);
      if (held.lost !== undefined && !controls.sequenceStart) throw new Fault('UNAVAILABLE', held.lost);
      const config = await configOf(modelName, modelVersion);
      const rules = sequencesOf(config);
      if (!rules) {
        left();
        return this.#singleRoute(request);
      }
      if (rules.maxSequenceIdleMicroseconds > 0n) held.idleMs = microsToMs(rules.maxSequenceIdleMicroseconds);
      return controls.sequenceStart ? this.#startRoute(request, held, reserved !== undefined, left) : this.#unknownRoute(request, held, left);
    } catch (error) {
      if (reserved) table.place(held, undefined);
      left();
      throw error;
    }
  }

  #taken({ controls }: InferRequest, held: HeldSequence): Route['taken'] {
    return (upstream) => this.options.table.place(held, controls.sequenceEnd ? undefined : upstream);
  }

  /** One that goes on where it is. */
  #heldRoute(request: SequenceRequest, held: HeldSequence, at: Upstream, leave: () => void): Route {
    const goOn: Route['goOn'] = async (upstream, fault) => {
      if (isUnknownSequence(fault)) this.options.table.place(held, undefined);
      if (isUnavailable(fault)) await upstream.poll();
      if (!isUnavailable(fault) || upstream.state !== 'down') return false;
      this.options.table.place(held, undefined);
      this.options.counters.lost++;
      held.lost =
        `sequence ${request.controls.sequenceId} of model '${request.modelName}' is lost: its server ${upstream.name} is gone ` +
        `(${fault.message}); begin it again with the START flag`;
      throw new Fault('UNAVAILABLE', held.lost, { cause: fault });
    };
    return { request, candidates: () => [at], goOn, taken: this.#taken(request, held), leave };
  }

  /** One that begins: where it lives already, so that it ends there first, or where every router would put it. */
  #startRoute(request: SequenceRequest, held: HeldSequence, isReserved: boolean, leave: () => void): Route {
    const preferred = byPreference(hostsOf(this.options.upstreams, request.modelName), held.key);
    const { upstream: before } = held;
    const candidates = before?.state === 'ready' ? [before, ...preferred.filter((upstream) => upstream !== before)] : preferred;
    const goOn: Route['goOn'] = async (upstream, fault) => {
      if (isReserved) this.options.table.place(held, undefined);
      if (!isUnavailable(fault)) return false;
      await upstream.poll();
      return true;
    };
    return { request, candidates: () => candidates, goOn, taken: this.#taken(request, held), leave };
  }

  /** One that another router began, or this one before it was restarted: a server that does not know it says so and does nothing. */
  #unknownRoute(request: SequenceRequest, held: HeldSequence, leave: () => void): Route {
    const answering = this.options.upstreams.filter(({ state }) => state !== 'down');
    const goOn: Route['goOn'] = (upstream, fault) => {
      if (isUnavailable(fault)) void upstream.poll();
      return isUnavailable(fault) || isUnknownSequence(fault);
    };
    return { request, candidates: () => byPreference(answering, held.key), goOn, taken: this.#taken(request, held), leave };
  }
}

function withId(response: InferResponse, { issued }: Route): InferResponse {
  if (issued === undefined) return response;
  return { ...response, parameters: new Map([...response.parameters, ['sequence_id', issued]]) };
}
