/** What came back for a request: any status; `body` must be read to its end or left by an abort of the request's signal. */
export interface Reply {
  readonly status: number;
  /** One header by its lower-case name. */
  header(name: string): string | undefined;
  readonly body: AsyncIterable<Uint8Array>;
}

/** Fetches addresses over HTTP. One request per call: who calls decides about trying again. Redirects are followed. */
export interface Transport {
  /** Rejects with the network's own error, which carries a `code`; an HTTP status of any kind is an answer. */
  get(url: string, options: { readonly headers: Readonly<Record<string, string>>; readonly signal: AbortSignal }): Promise<Reply>;
}
