import type { InferenceRequest, InferenceResponse, LoadedModel, PartialResponse } from './port.js';

/** What was answered and not asked for yet, with the way to let the backend go on. */
interface Waiting {
  readonly response: PartialResponse;
  taken(): void;
}

/**
 * The answers of a backend that gives several, one after another; the value returned at the end is what `infer` resolved with, whose answer, if it
 * has one, was given out as well. A reader that stops early calls the request off.
 * @throws Fault as `infer`
 */
export async function* answersOf(
  model: Pick<LoadedModel, 'infer'>,
  request: Omit<InferenceRequest, 'onResponse'>,
): AsyncGenerator<PartialResponse, InferenceResponse, void> {
  const gone = new AbortController();
  const signal = request.signal ? AbortSignal.any([request.signal, gone.signal]) : gone.signal;
  const waiting: Waiting[] = [];
  let wake = (): void => {};
  const onResponse = (response: PartialResponse): Promise<void> =>
    new Promise((taken) => {
      waiting.push({ response, taken });
      wake();
    });
  let over = false;
  const last = model.infer({ ...request, signal, onResponse }).finally(() => {
    over = true;
    wake();
  });
  // Whoever stops early does not wait for it.
  last.catch(() => {});
  try {
    while (!over || waiting.length > 0) {
      const next = waiting.shift();
      if (next) {
        next.taken();
        yield next.response;
      } else await new Promise<void>((resolve) => (wake = resolve));
    }
    const response = await last;
    if (!response.empty) yield response;
    return response;
  } finally {
    gone.abort();
  }
}
