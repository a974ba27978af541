"""Runs one model.py for the server: requests come in by descriptor 3, answers leave by descriptor 4.

A message is two lengths (header, tensors), a header of JSON, and the tensors; large tensors lie in a file of shared memory that the header
names, which whoever reads it removes.
"""

import importlib.util
import inspect
import json
import mmap
import os
import queue
import struct
import sys
import tempfile
import threading
import traceback

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import numpy as np  # noqa: E402
import triton_python_backend_utils as pb_utils  # noqa: E402

LENGTHS = struct.Struct("<IQ")
INLINE_BYTES = 65536
FOLDER = "/dev/shm" if os.path.isdir("/dev/shm") else tempfile.gettempdir()
PREFIX = "ocellus-python-"
CODES = ["UNKNOWN", "INTERNAL", "NOT_FOUND", "INVALID_ARGUMENT", "UNAVAILABLE", "UNSUPPORTED", "ALREADY_EXISTS", "CANCELLED"]


class Channel:
    """Messages of both directions."""

    def __init__(self):
        self.source = os.fdopen(3, "rb", buffering=1 << 16)
        self.sink = os.fdopen(4, "wb", buffering=1 << 16)
        self.lock = threading.Lock()
        self.files = 0

    def read(self):
        lengths = self.source.read(LENGTHS.size)
        if len(lengths) < LENGTHS.size:
            return None, None
        head, size = LENGTHS.unpack(lengths)
        message = json.loads(self.source.read(head))
        if "tensors_file" not in message:
            return message, self.source.read(size)
        path = message["tensors_file"]
        if not os.path.basename(path).startswith(PREFIX):
            raise ValueError(f"{path} is no file of this channel")
        with open(path, "rb") as file:
            os.unlink(path)
            return message, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)

    def write(self, message, parts=()):
        size = sum(len(part) for part in parts)
        with self.lock:
            if size > INLINE_BYTES:
                self.files += 1
                message["tensors_file"] = os.path.join(FOLDER, f"{PREFIX}{os.getpid()}-{self.files}")
                with open(message["tensors_file"], "xb") as file:
                    for part in parts:
                        file.write(part)
                parts, size = (), 0
            head = json.dumps(message).encode()
            self.sink.write(LENGTHS.pack(len(head), size) + head)
            for part in parts:
                self.sink.write(part)
            self.sink.flush()


def pack(tensors):
    """Tensors as heads and parts."""
    heads, parts, at = [], [], 0
    for tensor in tensors:
        array, datatype = tensor.as_numpy(), tensor.triton_dtype()
        data = pb_utils.serialize_byte_tensor(array) if datatype == "BYTES" else memoryview(np.ascontiguousarray(array)).cast("B") if array.size else b""
        heads.append({"name": tensor.name(), "datatype": datatype, "shape": list(array.shape), "offset": at, "size": len(data)})
        parts.append(data)
        at += len(data)
    return heads, parts


def unpack(heads, data):
    view, tensors = memoryview(data), []
    for head in heads:
        piece = view[head["offset"] : head["offset"] + head["size"]]
        if head["datatype"] == "BYTES":
            array = pb_utils.deserialize_bytes_tensor(piece)
        else:
            array = np.frombuffer(piece, dtype=pb_utils.triton_string_to_numpy(head["datatype"]))
        tensors.append(pb_utils.Tensor(head["name"], array.reshape(head["shape"])))
    return tensors


def told(error):
    """An exception as Triton's Python backend tells it."""
    frames = [f"  {frame.filename}({frame.lineno}): {frame.name}" for frame in reversed(traceback.extract_tb(error.__traceback__)) if frame.filename != __file__]
    return f"{type(error).__name__}: {error}\n\nAt:\n" + "\n".join(frames) + "\n"


def error_of(error):
    if isinstance(error, pb_utils.TritonError):
        return {"message": error.message(), "code": CODES[error.code()]}
    return {"message": str(error), "code": "INTERNAL"}


class Server:
    """The model's way to ask the server."""

    def __init__(self, channel):
        self.channel, self.waiting, self.next, self.lock = channel, {}, 0, threading.Lock()

    def _ask(self, message, parts=()):
        answer = queue.SimpleQueue()
        with self.lock:
            self.next += 1
            message["ask"] = self.next
            self.waiting[self.next] = answer
        self.channel.write(message, parts)
        reply, data = answer.get()
        if "error" in reply:
            raise pb_utils.TritonModelException(reply["error"]["message"])
        return reply, data

    def infer(self, request):
        heads, parts = pack(request.inputs())
        flags = request.flags()
        message = {
            "kind": "infer",
            "model": request.model_name,
            "version": "" if int(request.model_version) < 1 else str(request.model_version),
            "id": request.request_id(),
            "outputs": request.requested_output_names(),
            "parameters": json.loads(request.parameters()),
            "sequence": {"id": str(request.correlation_id()), "text": isinstance(request.correlation_id(), str), "start": bool(flags & 1), "end": bool(flags & 2)},
            "inputs": heads,
        }
        try:
            reply, data = self._ask(message, parts)
        except pb_utils.TritonModelException as error:
            return [pb_utils.InferenceResponse([], pb_utils.TritonError(str(error)))]
        return [pb_utils.InferenceResponse(unpack(each["outputs"], data), None, each["parameters"]) for each in reply["responses"]]

    def ask(self, kind, model, version):
        return self._ask({"kind": kind, "model": model, "version": version})[0].get("value")

    def log(self, level, text):
        self.channel.write({"kind": "log", "level": level, "text": text})

    def answered(self, message, data):
        with self.lock:
            waiting = self.waiting.pop(message["answer"])
        waiting.put((message, data))


class Stub:
    def __init__(self, channel):
        self.channel, self.work = channel, queue.SimpleQueue()
        self.server = pb_utils._server = Server(channel)

    def listen(self):
        while True:
            message, data = self.channel.read()
            if message is None:
                # The server is gone, and nobody is left to answer.
                os._exit(0)
            if "answer" in message:
                self.server.answered(message, data)
            else:
                self.work.put((message, data))

    def send(self, number, response, final):
        message = {"kind": "response", "request": number, "final": final}
        parts = ()
        if response is not None and response.has_error():
            message["error"] = error_of(response.error())
        elif response is not None:
            message["outputs"], parts = pack(response.output_tensors())
            message["parameters"] = json.loads(response.parameters())
        self.channel.write(message, parts)

    def open(self, args):
        spec = importlib.util.spec_from_file_location("model", args["file"])
        module = importlib.util.module_from_spec(spec)
        sys.modules["model"] = module
        sys.path.insert(0, os.path.dirname(args["file"]))
        sys.modules["triton_python_backend_utils"] = pb_utils
        pb_utils._model_dir = args["path"]
        spec.loader.exec_module(module)
        return module.TritonPythonModel

    def completed(self, args):
        """The configuration as the model completes it."""
        model = self.open(args)
        config = pb_utils.ModelConfig(json.loads(args["args"]["model_config"]))
        if hasattr(model, "auto_complete_config"):
            config = model.auto_complete_config(config) or config
        return config.as_dict()

    def execute(self, model, message, data, decoupled):
        requests, numbers = [], []
        for each in message["requests"]:
            sequence = each.get("sequence") or {"id": "0", "text": False, "start": False, "end": False}
            request = pb_utils.InferenceRequest(
                unpack(each["inputs"], data),
                each["outputs"],
                each["id"],
                sequence["id"] if sequence["text"] else int(sequence["id"]),
                message["model"],
                message["version"],
                (1 if sequence["start"] else 0) | (2 if sequence["end"] else 0),
                each["timeout"],
                each["parameters"],
            )
            number = each["number"]
            if decoupled:
                request._sender = pb_utils.InferenceResponseSender(lambda response, final, number=number: self.send(number, response, final))
            requests.append(request)
            numbers.append(number)
        try:
            responses = model.execute(requests)
            if inspect.isawaitable(responses):
                import asyncio

                responses = asyncio.run(responses)
            if not decoupled and (responses is None or len(responses) != len(requests)):
                got = "None" if responses is None else len(responses)
                raise pb_utils.TritonModelException(f"Expected a list of {len(requests)} responses from execute, got {got}")
        except BaseException as error:
            text = f"Failed to process the request(s) for model '{message['model']}_{message['instance']}', message: {told(error)}"
            for number in numbers:
                self.send(number, pb_utils.InferenceResponse([], pb_utils.TritonError(text)), True)
            return
        for number, response in zip(numbers, responses or []):
            self.send(number, response, True)

    def run(self):
        args, _ = self.channel.read()
        threading.Thread(target=self.listen, daemon=True).start()
        try:
            if args["kind"] == "complete":
                return self.channel.write({"kind": "completed", "config": self.completed(args)})
            model = self.open(args)()
            if hasattr(model, "initialize"):
                model.initialize(args["args"])
        except BaseException as error:
            return self.channel.write({"kind": "failed", "message": told(error)})
        self.channel.write({"kind": "ready"})
        while True:
            message, data = self.work.get()
            if message["kind"] == "stop":
                break
            self.execute(model, message, data, args["decoupled"])
        if hasattr(model, "finalize"):
            model.finalize()
        self.channel.write({"kind": "stopped"})


Stub(Channel()).run()
