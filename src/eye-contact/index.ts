export type { EyePatch, GazeRedirector, Redirection, RgbPicture } from './port.js';
export type { Direction, EyeView, HeadPose, IrisView, TrackedFace } from './eyes.js';
export { FACE_NETWORKS, type FaceNetworks, openFaceNetworks } from './track/face-networks.js';
export { FaceTracker, type TrackingSettings } from './track/face-tracker.js';
export { type GazeJudge, JUDGE_NETWORKS, openGazeJudge, relativeTo } from './judge/gaze-judge.js';
export { type EyeAim, type GazeAim, GazeControl } from './control/gaze-control.js';
export { LEAST_INTERVAL } from './control/look-away.js';
export type { ControlSettings, Threshold } from './control/settings.js';
export { TEMPORAL_BITS } from './track/temporal.js';
