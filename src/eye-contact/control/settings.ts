import type { EyeContactSettings } from '../settings.js';

/** Up to `low` degrees an angle leaves the redirection alone, from `high` on there is none; where `high` is not above it, `low` is a switch. */
export type Threshold = EyeContactSettings['gazePitchThreshold'];

/** What decides how far eyes are redirected; looking away never comes sooner than {@link LEAST_INTERVAL} seconds after the time before. */
export type ControlSettings = Omit<EyeContactSettings, 'eyeSizeSensitivity' | 'multiPerson'>;
