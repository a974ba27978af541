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

/** What a host does with a batch; its defects become faults of that batch. A backend's requests get lines. */
export async function execute(host: ModelHost, requests: readonly InstanceRequest[], lines: RequestLines): Promise<Executed> {
  const opened = host.backend ? lines.open(requests.length) : undefined;
  const asked: readonly HostRequest[] = opened ? requests.map((request, index) => ({ ...request, line: opened[index]! })) : requests;
  let report: HostReport;
  try {
    report = await host.execute(asked);
  } catch (error) {
    report = failedReport(requests.length, toFault(error, 'INTERNAL'));
  }
  return { report, told: opened ? await lines.close(opened, report.results) : NOTHING_LEFT };
}
