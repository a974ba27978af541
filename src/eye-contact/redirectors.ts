import type { Engine } from '../inference/index.js';
import type { ModelSource } from '../models/index.js';
import { createGazeRedirector } from './gaze-redirector.js';
import type { GazeRedirector } from './port.js';
import type { EyeContactSettings } from './settings.js';
import { openFaceNetworks } from './track/face-networks.js';

/** What redirectors do, in a few words: told by banners and metadata. */
export const REDIRECTOR_INFO = 'ocellus-eye-contact: MediaPipe face mesh and iris, analytic eye renderer';

/** Makes redirectors, one for each video, which share their networks. */
export interface Redirectors extends AsyncDisposable {
  /** A redirector for one video; whoever gets it closes it. */
  create(settings: EyeContactSettings): GazeRedirector;
  /** Closes the networks: after the redirectors. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** Loads the networks that every video's redirector needs. @throws Fault as `openFaceNetworks` */
export async function openRedirectors(engine: Engine, models: ModelSource, signal?: AbortSignal): Promise<Redirectors> {
  const networks = await openFaceNetworks(engine, models, {}, signal);
  return {
    create: (settings) => createGazeRedirector(networks, settings),
    async [Symbol.asyncDispose]() {
      await networks[Symbol.asyncDispose]();
    },
  };
}
