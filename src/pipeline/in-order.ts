/** Options of {@link inOrder}. */
export interface InOrderOptions {
  /** Most items at work at once; asked before each is taken up. */
  readonly window: () => number;
  /** Aborted, no further item is taken up; those at work are finished and given out. */
  readonly stop?: AbortSignal;
}

/**
 * Does `work` on several items at once and gives the results in the order of the items. `work` takes each item over.
 * A result is given out as soon as it is ready and first in line. When the reader leaves or something fails, results not given out are disposed.
 */
export async function* inOrder<I, O extends Disposable>(
  input: AsyncIterable<I>,
  work: (item: I) => Promise<O>,
  { window, stop }: InOrderOptions,
): AsyncGenerator<O, void, undefined> {
  const atWork: Promise<O>[] = [];
  let wake = (): void => {};
  let ended = false;
  let left = false;
  let failure: { readonly error: unknown } | undefined;
  // One slot is enough: the feeder waits only while items are at work, the reader only while none is.
  const changed = (): Promise<void> => new Promise((resolve) => (wake = resolve));

  const feed = async (): Promise<void> => {
    try {
      for await (const item of input) {
        const result = work(item);
        result.catch(() => {});
        atWork.push(result);
        wake();
        while (atWork.length >= window() && !left) await changed();
        if (left || stop?.aborted) break;
      }
    } catch (error) {
      if (!stop?.aborted) failure = { error };
    }
    ended = true;
    wake();
  };

  const fed = feed();
  try {
    for (;;) {
      const first = atWork[0];
      if (first !== undefined) {
        const result = await first;
        atWork.shift();
        wake();
        yield result;
      } else if (failure) throw failure.error;
      else if (ended) return;
      else await changed();
    }
  } finally {
    left = true;
    wake();
    await fed;
    for (const rest of await Promise.allSettled(atWork)) if (rest.status === 'fulfilled') rest.value[Symbol.dispose]();
  }
}
