export type { EyePatch, GazeRedirector, Redirection, RgbPicture } from './port.js';
export type { Direction, EyeView, HeadPose, IrisView, TrackedFace } from './eyes.js';
export { FACE_NETWORKS, type FaceNetworks, openFaceNetworks } from './track/face-networks.js';
export { FaceTracker, type TrackingSettings } from './track/face-tracker.js';
