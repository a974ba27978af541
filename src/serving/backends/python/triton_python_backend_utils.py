"""What a model.py imports as triton_python_backend_utils: the names and behaviour of Triton's Python backend."""

import json
import struct
import threading

import numpy as np

TRITONSERVER_RESPONSE_COMPLETE_FINAL = 1
TRITONSERVER_REQUEST_FLAG_SEQUENCE_START = 1
TRITONSERVER_REQUEST_FLAG_SEQUENCE_END = 2
TRITONSERVER_REQUEST_RELEASE_ALL = 1
TRITONSERVER_REQUEST_RELEASE_RESCHEDULE = 2
TRITONSERVER_MEMORY_CPU = 0

_NUMPY_OF = {
    "BOOL": np.bool_,
    "UINT8": np.uint8,
    "UINT16": np.uint16,
    "UINT32": np.uint32,
    "UINT64": np.uint64,
    "INT8": np.int8,
    "INT16": np.int16,
    "INT32": np.int32,
    "INT64": np.int64,
    "FP16": np.float16,
    "FP32": np.float32,
    "FP64": np.float64,
    "BYTES": np.object_,
}

# Set by the stub: how models ask the server, and where this one lies.
_server = None
_model_dir = None


class TritonModelException(Exception):
    pass


class TritonError:
    UNKNOWN, INTERNAL, NOT_FOUND, INVALID_ARG, UNAVAILABLE, UNSUPPORTED, ALREADY_EXISTS, CANCELLED = range(8)

    def __init__(self, message="", code=1):
        self._message, self._code = message, code

    def message(self):
        return self._message

    def code(self):
        return self._code


def triton_string_to_numpy(name):
    name = name.replace("TYPE_", "")
    return _NUMPY_OF["BYTES" if name == "STRING" else name]


triton_to_numpy_type = triton_string_to_numpy


def _triton_of(array):
    if array.dtype.kind in "OSU":
        return "BYTES"
    for name, dtype in _NUMPY_OF.items():
        if array.dtype == dtype:
            return name
    raise TritonModelException(f"elements of type {array.dtype} have no counterpart among Triton's datatypes")


def numpy_to_triton_type(dtype):
    return _triton_of(np.zeros(0, dtype=dtype))


def serialize_byte_tensor(array):
    parts = []
    for element in np.nditer(array, flags=["refs_ok", "zerosize_ok"], order="C") if array.size else []:
        value = element.item()
        data = value if isinstance(value, bytes) else str(value).encode()
        parts.append(struct.pack("<I", len(data)) + data)
    return b"".join(parts)


def deserialize_bytes_tensor(data):
    values, at = [], 0
    while at < len(data):
        (length,) = struct.unpack_from("<I", data, at)
        values.append(bytes(data[at + 4 : at + 4 + length]))
        at += 4 + length
    return np.array(values, dtype=np.object_)


class Tensor:
    def __init__(self, name, array):
        if not isinstance(array, np.ndarray):
            raise TritonModelException("Tensor type must be numpy array")
        self._name, self._array = name, array

    def name(self):
        return self._name

    def as_numpy(self):
        return self._array

    def shape(self):
        return list(self._array.shape)

    def triton_dtype(self):
        return _triton_of(self._array)

    def is_cpu(self):
        return True

    def __dlpack__(self, *args, **kwargs):
        return self._array.__dlpack__(*args, **kwargs)

    def __dlpack_device__(self):
        return self._array.__dlpack_device__()

    def to_dlpack(self):
        return self._array.__dlpack__()

    @staticmethod
    def from_dlpack(name, tensor):
        return Tensor(name, np.from_dlpack(tensor))


class InferenceResponse:
    def __init__(self, output_tensors=None, error=None, parameters=None):
        self._outputs, self._error = list(output_tensors or []), error
        self._parameters = json.loads(parameters) if isinstance(parameters, str) else dict(parameters or {})

    def output_tensors(self):
        return self._outputs

    def has_error(self):
        return self._error is not None

    def error(self):
        return self._error

    def parameters(self):
        return json.dumps(self._parameters)


class InferenceResponseSender:
    def __init__(self, send):
        self._send, self._closed, self._lock = send, False, threading.Lock()

    def send(self, response=None, flags=0):
        with self._lock:
            if self._closed:
                raise TritonModelException("Unable to send response. Response sender has been closed.")
            if response is None and flags == 0:
                raise TritonModelException("Inference Response object must be provided when flags is set to zero.")
            self._closed = bool(flags & TRITONSERVER_RESPONSE_COMPLETE_FINAL)
            self._send(response, self._closed)

    def is_cancelled(self):
        return False


class InferenceRequest:
    def __init__(
        self,
        inputs=None,
        requested_output_names=None,
        request_id="",
        correlation_id=0,
        model_name="",
        model_version=-1,
        flags=0,
        timeout=0,
        parameters=None,
        preferred_memory=None,
        trace=None,
    ):
        self._inputs = list(inputs or [])
        self._outputs = list(requested_output_names or [])
        self._id, self._correlation_id = request_id, correlation_id
        self.model_name, self.model_version = model_name, model_version
        self._flags, self._timeout = flags, timeout
        self._parameters = json.loads(parameters) if isinstance(parameters, str) else dict(parameters or {})
        self._sender = None

    def inputs(self):
        return self._inputs

    def requested_output_names(self):
        return self._outputs

    def request_id(self):
        return self._id

    def correlation_id(self):
        return self._correlation_id

    def flags(self):
        return self._flags

    def set_flags(self, flags):
        self._flags = flags

    def timeout(self):
        return self._timeout

    def parameters(self):
        return json.dumps(self._parameters)

    def is_cancelled(self):
        return False

    def get_response_sender(self):
        if self._sender is None:
            raise TritonModelException("'get_response_sender' function must be called only when the model is using the decoupled transaction policy.")
        return self._sender

    def exec(self, decoupled=False):
        responses = _server.infer(self)
        if decoupled:
            return iter(responses)
        return responses[0] if responses else InferenceResponse()

    async def async_exec(self, decoupled=False):
        import asyncio

        return await asyncio.get_running_loop().run_in_executor(None, self.exec, decoupled)


def get_input_tensor_by_name(request, name):
    return next((tensor for tensor in request.inputs() if tensor.name() == name), None)


def get_output_tensor_by_name(response, name):
    return next((tensor for tensor in response.output_tensors() if tensor.name() == name), None)


def get_input_config_by_name(model_config, name):
    return next((each for each in model_config.get("input", []) if each["name"] == name), None)


def get_output_config_by_name(model_config, name):
    return next((each for each in model_config.get("output", []) if each["name"] == name), None)


def using_decoupled_model_transaction_policy(model_config):
    return bool(model_config.get("model_transaction_policy", {}).get("decoupled", False))


def get_model_dir():
    return _model_dir


def is_model_ready(model_name, model_version=""):
    return _server.ask("ready", model_name, str(model_version))


def load_model(model_name, files=None):
    _server.ask("load", model_name, "")


def unload_model(model_name):
    _server.ask("unload", model_name, "")


class Logger:
    @staticmethod
    def _log(level, message):
        _server.log(level, str(message))

    log_info = staticmethod(lambda message: Logger._log("info", message))
    log_warn = staticmethod(lambda message: Logger._log("warn", message))
    log_error = staticmethod(lambda message: Logger._log("error", message))
    log_verbose = staticmethod(lambda message: Logger._log("debug", message))
    log = log_info


class ModelConfig:
    """What auto_complete_config may add to."""

    def __init__(self, config):
        self._config = config

    def as_dict(self):
        return self._config

    def set_max_batch_size(self, size):
        self._config["max_batch_size"] = size

    def set_dynamic_batching(self):
        self._config.setdefault("dynamic_batching", {})

    def set_model_transaction_policy(self, policy):
        self._config["model_transaction_policy"] = policy

    def _add(self, kind, properties):
        listed = self._config.setdefault(kind, [])
        known = next((each for each in listed if each["name"] == properties["name"]), None)
        if known is None:
            listed.append(dict(properties))
        else:
            known.update(properties)

    def add_input(self, properties):
        self._add("input", properties)

    def add_output(self, properties):
        self._add("output", properties)
