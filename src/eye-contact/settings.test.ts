import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eyeContactSettings, settingsOfConfig } from './settings.js';

const SEED = {
  temporal: 0xffff_ffff,
  detectClosure: false,
  eyeSizeSensitivity: 3,
  enableLookaway: false,
  lookawayMaxOffset: 5,
  lookawayIntervalMin: 100,
  lookawayIntervalRange: 250,
  gazePitchThreshold: { low: 20, high: 30 },
  gazeYawThreshold: { low: 20, high: 30 },
  headPitchThreshold: { low: 15, high: 25 },
  headYawThreshold: { low: 25, high: 30 },
  multiPerson: false,
  strength: 1,
};

test('without a word, the settings are those of the first release', () => {
  assert.deepEqual(eyeContactSettings(), SEED);
  assert.deepEqual(settingsOfConfig({}), SEED);
});

test('each field of a configuration reaches its setting, zero included', () => {
  const config = {
    temporal: 0,
    detectClosure: 1,
    eyeSizeSensitivity: 6,
    enableLookaway: 1,
    lookawayMaxOffset: 10,
    lookawayIntervalMin: 1,
    lookawayIntervalRange: 600,
    gazePitchThresholdLow: 11,
    gazePitchThresholdHigh: 12,
    gazeYawThresholdLow: 13,
    gazeYawThresholdHigh: 14,
    headPitchThresholdLow: 15,
    headPitchThresholdHigh: 16,
    headYawThresholdLow: 17,
    headYawThresholdHigh: 18,
    enableMultiPerson: 1,
  };
  assert.deepEqual(settingsOfConfig(config), {
    temporal: 0,
    detectClosure: true,
    eyeSizeSensitivity: 6,
    enableLookaway: true,
    lookawayMaxOffset: 10,
    lookawayIntervalMin: 1,
    lookawayIntervalRange: 600,
    gazePitchThreshold: { low: 11, high: 12 },
    gazeYawThreshold: { low: 13, high: 14 },
    headPitchThreshold: { low: 15, high: 16 },
    headYawThreshold: { low: 17, high: 18 },
    multiPerson: true,
    strength: 1,
  });
});

test('one message names everything that is wrong, in the names of the contract', () => {
  const wrong = { detectClosure: 2, eyeSizeSensitivity: 7, lookawayIntervalMin: 0, gazeYawThresholdHigh: 35.5, headPitchThresholdLow: Number.NaN };
  assert.throws(() => settingsOfConfig(wrong), {
    code: 'INVALID_ARGUMENT',
    message:
      'detect_closure must be 0 or 1, not 2; eye_size_sensitivity must be a whole number from 2 to 6, not 7; ' +
      'lookaway_interval_min must be a whole number from 1 to 600, not 0; gaze_yaw_threshold_high must be a number from 10 to 35, not 35.5; ' +
      'head_pitch_threshold_low must be a number from 10 to 35, not NaN',
  });
});

test('settings of a library user are named as they were written, a misspelt one too', () => {
  const wrong = { strengh: 1, strength: 2, gazeYawThreshold: { low: 9 } };
  assert.throws(
    () => eyeContactSettings(wrong as never),
    (error: Error) => {
      assert.match(error.message, /gazeYawThreshold\.low must be a number from 10 to 35, not 9/);
      assert.match(error.message, /strength must be a number from 0 to 1, not 2/);
      assert.match(error.message, /strengh: no such setting.*strength/);
      return true;
    },
  );
});

test('an upper threshold below the lower one is a hard switch at the lower', () => {
  assert.deepEqual(settingsOfConfig({ headYawThresholdLow: 30, headYawThresholdHigh: 20 }).headYawThreshold, { low: 30, high: 30 });
});
