const BUSY = 0;
const CLOSED = 1;

/** How long an ending process waits for runs in flight; longer ones take it down with an abort. */
const EXIT_PATIENCE_MS = 10_000;

/** Shared by the main thread and one worker: whether native work is going on there, and whether more may begin. */
export type RunGate = Int32Array<SharedArrayBuffer>;

/** An open gate. */
export const openGate = (): RunGate => new Int32Array(new SharedArrayBuffer(8));

/** The worker begins native work; false when the gate was closed before, and then it must not. */
export function enterGate(gate: RunGate): boolean {
  Atomics.store(gate, BUSY, 1);
  if (Atomics.load(gate, CLOSED) === 0) return true;
  leaveGate(gate);
  return false;
}

/** The worker's native work is done. */
export function leaveGate(gate: RunGate): void {
  Atomics.store(gate, BUSY, 0);
  Atomics.notify(gate, BUSY);
}

const gates = new Set<RunGate>();

function closeAll(): void {
  for (const gate of gates) Atomics.store(gate, CLOSED, 1);
  const untilMs = performance.now() + EXIT_PATIENCE_MS;
  for (const gate of gates) Atomics.wait(gate, BUSY, 1, Math.max(0, untilMs - performance.now()));
}

/**
 * Makes the end of the process wait for native work behind `gate`: node ends worker threads with the process, and a thread that is ended in the
 * middle of a native run aborts everything. Returns the way to forget the gate.
 */
export function guardExit(gate: RunGate): () => void {
  if (gates.size === 0) process.on('exit', closeAll);
  gates.add(gate);
  return () => {
    gates.delete(gate);
    if (gates.size === 0) process.off('exit', closeAll);
  };
}
