import type { MetricTable } from '../../core/index.js';

/** What the eye-contact service tells of itself. */
export const EYE_CONTACT_METRICS = {
  eye_contact_calls_total: { kind: 'counter', labels: ['status'], help: 'Calls answered, by the name of their status.' },
  eye_contact_frames_total: { kind: 'counter', labels: [], help: 'Frames that went through.' },
  eye_contact_received_bytes_total: { kind: 'counter', labels: [], help: 'Bytes of videos that came in.' },
  eye_contact_sent_bytes_total: { kind: 'counter', labels: [], help: 'Bytes of videos that went out.' },
  eye_contact_active_calls: { kind: 'gauge', labels: [], help: 'Videos at work.' },
  eye_contact_waiting_calls: { kind: 'gauge', labels: [], help: 'Calls that wait for a slot.' },
  eye_contact_call_ms: { kind: 'histogram', labels: [], help: 'Time from the start of a call to its end.' },
} as const satisfies MetricTable;
