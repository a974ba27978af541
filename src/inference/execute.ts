import { type Fault, toFault } from '../core/index.js';
import type { HostReport, HostRequest, ModelHost } from '../models/instance.js';
import type { InstanceRequest } from './instance.js';
import type { RequestLines } from './request-lines.js';

/** A report that gives every request of a batch the same fault. */
export function failedReport(count: number, { code, message }: Pick<Fault, 'code' | 'message'>): HostReport {
  return { results: Array.from({ length: count }, () => ({ fault: { code, message } })), inputMs: 0, runMs: 0, outputMs: 0 };
}

/** A batch that was run. */
export interface Executed {
  readonly report: HostReport;
  /** To be called once the engine has been told of the report. */
  told(): void;
}

const NOTHING_LEFT = (): void => {};

async function run(host: ModelHost, requests: readonly HostRequest[]): Promise<HostReport> {
  try {
    return await host.execute(requests);
  } catch (error) {
    return failedReport(requests.length, toFault(error, 'INTERNAL'));
  }
}

/** What a host does with a batch; its defects become faults of that batch. A backend's requests get lines. */
export async function execute(host: ModelHost, requests: readonly InstanceRequest[], lines: RequestLines): Promise<Executed> {
  if (!host.backend) return { report: await run(host, requests), told: NOTHING_LEFT };
  const opened = lines.open(requests.length);
  const report = await run(
    host,
    requests.map((request, index) => ({ ...request, line: opened[index]! })),
  );
  return { report, told: await lines.close(opened, report.results) };
}
