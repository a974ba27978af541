import { didYouMean, fail, type Size } from '../../core/index.js';
import type { ModelSpec } from '../port.js';
import { attentionMesh } from './attention-mesh.js';
import { blaze } from './blaze.js';
import { boxes } from './boxes.js';
import { classify } from './classify.js';
import { ctc } from './ctc.js';
import { dbnet } from './dbnet.js';
import { embedding } from './embedding.js';
import { landmarks } from './landmarks.js';
import { mask } from './mask.js';
import { movenetMultipose } from './movenet-multipose.js';
import { nanodet } from './nanodet.js';
import type { Decoder, Head, HeadSpec } from './port.js';
import { segmentation } from './segmentation.js';
import { ssd } from './ssd.js';
import { ultraface } from './ultraface.js';
import { values } from './values.js';
import { yolo } from './yolo.js';
import { yolox } from './yolox.js';
import { yunet } from './yunet.js';

/** Every kind of head; a new one is one file and one row. */
export const HEADS: readonly Head[] = Object.freeze([
  yolo,
  yolox,
  nanodet,
  ssd,
  boxes,
  yunet,
  blaze,
  ultraface,
  movenetMultipose,
  dbnet,
  classify,
  embedding,
  landmarks,
  attentionMesh,
  mask,
  segmentation,
  ctc,
  values,
]);

/** The kind of head that `head` names. @throws Fault CONFIG_INVALID for an unknown type */
export function findHead(head: Pick<HeadSpec, 'type'>, heads: readonly Head[] = HEADS): Head {
  const types = heads.map(({ type }) => type);
  return (
    heads.find(({ type }) => type === head.type) ??
    fail('CONFIG_INVALID', `head.type: no head "${head.type}".${didYouMean(head.type, types)} There are ${types.join(', ')}`)
  );
}

/** Makes the decoder that `head` describes. @throws Fault CONFIG_INVALID for an unknown type or wrong settings, MODEL_MISMATCH when outputs do not fit */
export function createDecoder(head: HeadSpec, model: ModelSpec, picture: Size, heads: readonly Head[] = HEADS): Decoder {
  return findHead(head, heads).create(head, model, picture);
}
