export { globeFlow } from './globe-flow.js';
export { type SyntheticFace, renderFace } from './render-face.js';
export { IRIS_COLOURS, type IrisColour, type SceneLight, type SyntheticScene, syntheticScene } from './scene.js';
export { truthOf } from './stage.js';
