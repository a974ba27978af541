/** One HTTP exchange. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  /** Path and query below the server's prefix, encoded. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The body in pieces that follow one another; borrowed until the answer. */
  readonly chunks: readonly Uint8Array[];
  readonly signal?: AbortSignal;
}

/** The start of an answer. */
export interface HttpHead {
  readonly status: number;
  /** Value of a header by its name in small letters. */
  header(name: string): string | undefined;
}

/** An answer with its whole body. */
export interface HttpAnswer extends HttpHead {
  readonly body: Uint8Array;
}

/** An answer whose body comes in pieces; leaving the loop ends the exchange. */
export interface HttpStreamAnswer extends HttpHead {
  readonly body: AsyncIterable<Uint8Array>;
}

/**
 * Carries requests to one server. @throws Fault UNAVAILABLE when there is no connection or it breaks, the signal's reason or CANCELLED when aborted
 */
export interface HttpTransport {
  /** One exchange; the body is unpacked already. */
  exchange(request: HttpRequest): Promise<HttpAnswer>;
  /** {@link exchange} for a request that is sent many times: what can be done once is done now. The body must not change. */
  prepare(request: HttpRequest): () => Promise<HttpAnswer>;
  /** One exchange whose answer is read as it comes. */
  stream(request: HttpRequest): Promise<HttpStreamAnswer>;
  /** Lets exchanges under way end, and closes the connections. */
  close(): Promise<void>;
}
