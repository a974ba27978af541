"""Offline rate of Stream Infer 0.6.7 on one clip with one ONNX detector, as a careful user would write it.

    python stream_infer_offline.py CLIP MODEL --kind yolox|ssd [--threads N] [--confidence C] [--producer opencv|pyav] [--out FILE]

Needs stream-infer, opencv-python-headless and onnxruntime. Prints one JSON object: frames, seconds, versions. The time is that of
`Inference.start`: the model is loaded and has run once before, as with the runtime it is measured beside.
"""

import argparse
import importlib.metadata
import json
import time

import cv2
import numpy as np
import onnxruntime as ort
from stream_infer import Inference, Player
from stream_infer.algo import BaseAlgo
from stream_infer.dispatcher import Dispatcher
from stream_infer.producer import OpenCVProducer, PyAVProducer

IOU = 0.45


def kept(boxes, scores, classes, confidence):
    """Non-maximum suppression by class; boxes are x1, y1, x2, y2 in pixels of the frame."""
    if len(boxes) == 0:
        return []
    sized = np.concatenate([boxes[:, :2], boxes[:, 2:] - boxes[:, :2]], axis=1)
    keep = cv2.dnn.NMSBoxesBatched(sized.tolist(), scores.tolist(), classes.tolist(), confidence, IOU)
    return [
        {"class": int(classes[i]), "confidence": float(scores[i]), "box": [float(v) for v in boxes[i]]}
        for i in np.asarray(keep).flatten()
    ]


class Detector(BaseAlgo):
    """A network that sees whole frames."""

    def init(self, path, threads, confidence):
        self.confidence = confidence
        options = ort.SessionOptions()
        if threads:
            options.intra_op_num_threads = threads
        self.session = ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        self.input = self.session.get_inputs()[0].name
        self.run([np.zeros((720, 1280, 3), np.uint8)])

    def run(self, frames):
        picture, ratio = self.picture(frames[-1])
        return self.decode(self.session.run(None, {self.input: picture}), ratio)


class Yolox(Detector):
    """YOLOX with raw outputs: 416 x 416, letterboxed from the top left, BGR bytes as floats."""

    SIZE = 416

    def init(self, path, threads, confidence):
        grids, strides = [], []
        for stride in (8, 16, 32):
            cells = self.SIZE // stride
            xs, ys = np.meshgrid(np.arange(cells), np.arange(cells))
            grids.append(np.stack((xs, ys), 2).reshape(-1, 2))
            strides.append(np.full((cells * cells, 1), stride))
        self.grid = np.concatenate(grids).astype(np.float32)
        self.stride = np.concatenate(strides).astype(np.float32)
        super().init(path=path, threads=threads, confidence=confidence)

    def picture(self, frame):
        height, width = frame.shape[:2]
        ratio = min(self.SIZE / height, self.SIZE / width)
        laid = np.full((self.SIZE, self.SIZE, 3), 114, np.uint8)
        scaled = cv2.resize(frame, (int(width * ratio), int(height * ratio)), interpolation=cv2.INTER_LINEAR)
        laid[: scaled.shape[0], : scaled.shape[1]] = scaled
        return laid.transpose(2, 0, 1)[None].astype(np.float32), ratio

    def decode(self, outputs, ratio):
        rows = outputs[0][0]
        scores = rows[:, 4:5] * rows[:, 5:]
        classes = scores.argmax(1)
        best = scores[np.arange(len(scores)), classes]
        chosen = best >= self.confidence
        centres = (rows[chosen, :2] + self.grid[chosen]) * self.stride[chosen]
        half = np.exp(rows[chosen, 2:4]) * self.stride[chosen] / 2
        return kept(np.concatenate([centres - half, centres + half], axis=1) / ratio, best[chosen], classes[chosen], self.confidence)


class Ssd(Detector):
    """An SSD of the Open Model Zoo cut before its last layer: scores, offsets, and prior boxes in fractions of the picture."""

    SIZE = 256
    # Vehicle, person, bike; the fourth score is that of the background.
    CLASSES = 3

    def picture(self, frame):
        scaled = cv2.resize(frame, (self.SIZE, self.SIZE), interpolation=cv2.INTER_LINEAR)
        return scaled.transpose(2, 0, 1)[None].astype(np.float32), frame.shape[:2]

    def decode(self, outputs, size):
        named = dict(zip((output.name for output in self.session.get_outputs()), outputs))
        priors = named["priors"].reshape(2, -1, 4)
        offsets = named["loc"].reshape(-1, 4)
        scores = named["conf"].reshape(len(offsets), -1)[:, : self.CLASSES]
        classes = scores.argmax(1)
        best = scores[np.arange(len(scores)), classes]
        chosen = best >= self.confidence
        prior, variance, offset = priors[0][chosen], priors[1][chosen], offsets[chosen]
        extent = prior[:, 2:] - prior[:, :2]
        centre = (prior[:, :2] + prior[:, 2:]) / 2 + variance[:, :2] * offset[:, :2] * extent
        half = np.exp(variance[:, 2:] * offset[:, 2:]) * extent / 2
        height, width = size
        boxes = np.concatenate([centre - half, centre + half], axis=1) * np.array([width, height, width, height])
        return kept(boxes, best[chosen], classes[chosen], self.confidence)


class JsonLines(Dispatcher):
    """Writes each result as a line: the library's own way to take results elsewhere."""

    def __init__(self, mode, buffer, logging_level="INFO", path=None):
        super().__init__(mode, buffer, logging_level)
        self.file = open(path, "w") if path else None
        self.frames = 0
        self.objects = 0

    def collect(self, position, algo_name, result):
        self.frames += 1
        self.objects += len(result)
        if self.file:
            self.file.write(json.dumps({"frame": self.get_current_frame_index(), "position": position, "objects": result}) + "\n")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("clip")
    parser.add_argument("model")
    parser.add_argument("--kind", choices=["yolox", "ssd"], required=True)
    parser.add_argument("--threads", type=int, default=0, help="0 leaves it to onnxruntime")
    parser.add_argument("--producer", choices=["opencv", "pyav"], default="opencv")
    parser.add_argument("--confidence", type=float, default=0.3)
    parser.add_argument("--out")
    given = parser.parse_args()

    dispatcher = JsonLines.create(mode="offline", buffer=1, logging_level="ERROR", path=given.out)
    producer = OpenCVProducer() if given.producer == "opencv" else PyAVProducer()
    player = Player(dispatcher, producer, source=given.clip, show_progress=False)
    inference = Inference(dispatcher, player)
    algo = Yolox() if given.kind == "yolox" else Ssd()
    # An interval of 0 is every frame.
    rates = {"frame_count": 1, "frame_step": 0, "interval": 0}
    inference.load_algo(algo, **rates, path=given.model, threads=given.threads, confidence=given.confidence)
    started = time.perf_counter()
    inference.start(fps=int(player.fps))
    seconds = time.perf_counter() - started
    versions = {name: importlib.metadata.version(name) for name in ("stream-infer", "onnxruntime", "opencv-python-headless", "numpy")}
    print(json.dumps({"frames": dispatcher.frames, "objects": dispatcher.objects, "seconds": seconds, "versions": versions}))


if __name__ == "__main__":
    main()
