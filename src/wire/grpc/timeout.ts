const UNIT_MS: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1000, m: 1, u: 1e-3, n: 1e-6 };

/** Milliseconds that a grpc-timeout header allows; undefined when it is none. */
export function parseTimeout(header: string): number | undefined {
  const match = /^(\d{1,8})([HMSmun])$/.exec(header);
  return match ? Number(match[1]) * UNIT_MS[match[2]!]! : undefined;
}

/** A grpc-timeout header of `ms`, rounded up: at most eight digits, in the finest unit that takes it. */
export function formatTimeout(ms: number): string {
  for (const unit of ['n', 'u', 'm', 'S', 'M'] as const) {
    const count = Math.max(0, Math.ceil(ms / UNIT_MS[unit]!));
    if (count < 1e8) return `${count}${unit}`;
  }
  return `${Math.min(99_999_999, Math.ceil(ms / UNIT_MS['H']!))}H`;
}
