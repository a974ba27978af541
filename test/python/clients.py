"""Drives a server with Triton's own Python clients; prints one JSON line for each case.

Usage: clients.py HTTP_ADDRESS GRPC_ADDRESS. The models are those of src/serving/sample-models.test.support.ts.
"""

import asyncio
import json
import queue
import sys
import traceback

import grpc
import numpy as np
import tritonclient.grpc as grpcclient
import tritonclient.grpc.aio as grpcaio
import tritonclient.http as httpclient
import tritonclient.http.aio as httpaio
import tritonclient.utils.shared_memory as shm
from google.protobuf.descriptor_pool import DescriptorPool
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase
from tritonclient.utils import InferenceServerException

HTTP, GRPC = sys.argv[1], sys.argv[2]
CASES = []


def case(run):
    CASES.append(run)
    return run


def numbers(offset=0):
    return (np.arange(16, dtype=np.int32) + offset).reshape(1, 16)


def inputs(module, rows=1, **more):
    made = []
    for name, offset in (("INPUT0", 5), ("INPUT1", 0)):
        tensor = module.InferInput(name, [rows, 16], "INT32")
        tensor.set_data_from_numpy(np.repeat(numbers(offset), rows, axis=0), **more)
        made.append(tensor)
    return made


def check_simple(result, rows=1):
    total, difference = result.as_numpy("OUTPUT0"), result.as_numpy("OUTPUT1")
    assert total.shape == (rows, 16), total.shape
    assert (total == 2 * np.repeat(numbers(), rows, axis=0) + 5).all(), total
    assert (difference == 5).all(), difference


def fails(run, text):
    try:
        run()
    except InferenceServerException as error:
        assert text in str(error), f"wanted {text!r} in {error}"
        return str(error)
    raise AssertionError(f"nothing failed; wanted {text!r}")


def clients():
    yield httpclient, httpclient.InferenceServerClient(HTTP)
    yield grpcclient, grpcclient.InferenceServerClient(GRPC)


@case
def health_and_metadata():
    for module, client in clients():
        assert client.is_server_live() and client.is_server_ready()
        assert client.is_model_ready("simple") and client.is_model_ready("simple", "1")
        assert not client.is_model_ready("nothing")
        as_json = {} if module is httpclient else {"as_json": True}
        server = client.get_server_metadata(**as_json)
        assert server["name"] == "triton" and "binary_tensor_data" in server["extensions"], server
        model = client.get_model_metadata("simple", **as_json)
        assert [i["name"] for i in model["inputs"]] == ["INPUT0", "INPUT1"], model
        assert [int(n) for n in model["inputs"][0]["shape"]] == [-1, 16], model
        config = client.get_model_config("simple", **as_json)
        config = config.get("config", config)
        assert config["max_batch_size"] == 8 and config["backend"] == "onnxruntime", config
        fails(lambda: client.get_model_metadata("nothing"), "Request for unknown model: 'nothing' is not found")
        fails(lambda: client.get_model_metadata("simple", "7"), "Request for unknown model: 'simple' version 7 is not found")


@case
def infer_http_in_every_mix():
    client = httpclient.InferenceServerClient(HTTP)
    for binary_in in (True, False):
        for binary_out in (True, False):
            outputs = [httpclient.InferRequestedOutput(n, binary_data=binary_out) for n in ("OUTPUT0", "OUTPUT1")]
            result = client.infer("simple", inputs(httpclient, 3, binary_data=binary_in), outputs=outputs, request_id="9")
            check_simple(result, 3)
            assert result.get_response()["id"] == "9"
            for encoding in ("gzip", "deflate"):
                check_simple(
                    client.infer(
                        "simple",
                        inputs(httpclient, binary_data=binary_in),
                        outputs=outputs,
                        request_compression_algorithm=encoding,
                        response_compression_algorithm=encoding,
                    )
                )
    check_simple(client.infer("simple", inputs(httpclient)))
    waiting = [client.async_infer("simple", inputs(httpclient)) for _ in range(8)]
    for request in waiting:
        check_simple(request.get_result())


@case
def infer_grpc():
    client = grpcclient.InferenceServerClient(GRPC)
    check_simple(client.infer("simple", inputs(grpcclient, 2)), 2)
    for encoding in ("gzip", "deflate"):
        check_simple(client.infer("simple", inputs(grpcclient), compression_algorithm=encoding))
    answers = queue.Queue()
    for _ in range(8):
        client.async_infer("simple", inputs(grpcclient), callback=lambda result, error: answers.put((result, error)))
    for _ in range(8):
        result, error = answers.get(timeout=20)
        assert error is None, error
        check_simple(result)


@case
def only_one_output_and_classes():
    for module, client in clients():
        result = client.infer("simple", inputs(module), outputs=[module.InferRequestedOutput("OUTPUT1")])
        assert result.as_numpy("OUTPUT0") is None and (result.as_numpy("OUTPUT1") == 5).all()
        result = client.infer("simple", inputs(module), outputs=[module.InferRequestedOutput("OUTPUT0", class_count=2)])
        assert result.as_numpy("OUTPUT0").tolist() == [[b"35:15:label15", b"33:14:label14"]], result.as_numpy("OUTPUT0")


@case
def text():
    words = np.array([b"", "größer".encode(), b"x" * 1000], dtype=np.object_)
    for module, client in clients():
        tensor = module.InferInput("INPUT0", [3], "BYTES")
        tensor.set_data_from_numpy(words)
        result = client.infer("identity_bytes", [tensor])
        assert result.as_numpy("OUTPUT0").tolist() == words.tolist()


@case
def numbers_that_json_lacks():
    values = np.array([[np.nan, np.inf, -np.inf, 0.1]], dtype=np.float32)
    for module, client in clients():
        for binary in (True, False) if module is httpclient else (True,):
            tensor = module.InferInput("INPUT0", [1, 4], "FP32")
            more = {"binary_data": binary} if module is httpclient else {}
            tensor.set_data_from_numpy(values, **more)
            output = module.InferRequestedOutput("OUTPUT0", **more)
            got = client.infer("identity_fp32", [tensor], outputs=[output]).as_numpy("OUTPUT0")
            assert np.array_equal(got, values, equal_nan=True), got


@case
def large_tensors():
    values = np.random.default_rng(1).random((640, 1441), dtype=np.float32)
    for module, client in clients():
        tensor = module.InferInput("INPUT0", list(values.shape), "FP32")
        tensor.set_data_from_numpy(values)
        assert np.array_equal(client.infer("identity_fp32", [tensor]).as_numpy("OUTPUT0"), values)


@case
def refusals():
    for module, client in clients():
        fails(lambda: client.infer("nothing", inputs(module)), "Request for unknown model: 'nothing' is not found")
        fails(
            lambda: client.infer("simple", inputs(module)[:1]),
            "[request id: <id_unknown>] expected 2 inputs but got 1 inputs for model 'simple'. Got input(s) ['INPUT0'], "
            "but missing required input(s) ['INPUT1']. Please provide all required input(s).",
        )
        fails(lambda: client.infer("simple", inputs(module, 9)), "inference request batch-size must be <= 8 for 'simple'")
        wrong = inputs(module)
        wrong[0].set_shape([1, 15])
        fails(lambda: client.infer("simple", wrong, request_id="a"), "byte size mismatch for input 'INPUT0' for model 'simple'. Expected 60, got 64")
        short = module.InferInput("INPUT0", [1, 15], "INT32")
        short.set_data_from_numpy(np.zeros((1, 15), dtype=np.int32))
        fails(
            lambda: client.infer("simple", [short, inputs(module)[1]], request_id="a"),
            "[request id: a] unexpected shape for input 'INPUT0' for model 'simple'. Expected [-1,16], got [1,15]. NOTE:",
        )
        fails(
            lambda: client.infer("simple", inputs(module), outputs=[module.InferRequestedOutput("OUTPUT7")]),
            "unexpected inference output 'OUTPUT7' for model 'simple'",
        )


@case
def stream():
    with grpcclient.InferenceServerClient(GRPC) as client:
        answers = queue.Queue()
        client.start_stream(callback=lambda result, error: answers.put((result, error)))
        for i in range(20):
            client.async_stream_infer("simple", inputs(grpcclient), request_id=str(i))
        client.async_stream_infer("simple", inputs(grpcclient)[:1], request_id="bad")
        client.async_stream_infer("simple", inputs(grpcclient), request_id="after")
        for i in range(20):
            result, error = answers.get(timeout=20)
            assert error is None, error
            assert result.get_response().id == str(i)
            assert result.get_response().parameters["triton_final_response"].bool_param
            check_simple(result)
        result, error = answers.get(timeout=20)
        assert "expected 2 inputs but got 1 inputs" in str(error), error
        result, error = answers.get(timeout=20)
        assert error is None and result.get_response().id == "after", error
        client.stop_stream()


@case
def system_shared_memory():
    size = 64
    for module, client in clients():
        client.unregister_system_shared_memory()
        region_in = shm.create_shared_memory_region("in", "/ocellus_test_in", 2 * size)
        region_out = shm.create_shared_memory_region("out", "/ocellus_test_out", 2 * size)
        try:
            shm.set_shared_memory_region(region_in, [numbers(5), numbers()])
            client.register_system_shared_memory("in", "/ocellus_test_in", 2 * size)
            client.register_system_shared_memory("out", "/ocellus_test_out", 2 * size)
            status = client.get_system_shared_memory_status()
            names = [r["name"] for r in status] if module is httpclient else list(status.regions)
            assert sorted(names) == ["in", "out"], status
            tensors = []
            for i, name in enumerate(("INPUT0", "INPUT1")):
                tensor = module.InferInput(name, [1, 16], "INT32")
                tensor.set_shared_memory("in", size, offset=i * size)
                tensors.append(tensor)
            outputs = []
            for i, name in enumerate(("OUTPUT0", "OUTPUT1")):
                output = module.InferRequestedOutput(name)
                output.set_shared_memory("out", size, offset=i * size)
                outputs.append(output)
            result = client.infer("simple", tensors, outputs=outputs)
            assert result.get_output("OUTPUT0") is not None
            assert (shm.get_contents_as_numpy(region_out, np.int32, [1, 16]) == 2 * numbers() + 5).all()
            assert (shm.get_contents_as_numpy(region_out, np.int32, [1, 16], offset=size) == 5).all()
            fails(lambda: client.register_system_shared_memory("in", "/ocellus_test_in", size), "shared memory region 'in' already in manager")
            fails(lambda: client.register_system_shared_memory("big", "/ocellus_test_in", 9 * size), "failed to register shared memory region 'big': invalid args")
            fails(lambda: client.register_system_shared_memory("no", "/ocellus_no", size), "Unable to open shared memory region: '/ocellus_no'")
            outputs[0].set_shared_memory("out", 8)
            fails(lambda: client.infer("simple", tensors, outputs=outputs), "at least 64 bytes to hold the results")
            tensors[0].set_shared_memory("gone", size)
            fails(lambda: client.infer("simple", tensors), "Unable to find shared memory region: 'gone'")
            client.unregister_system_shared_memory("in")
            client.unregister_system_shared_memory()
            assert len(client.get_system_shared_memory_status() if module is httpclient else client.get_system_shared_memory_status().regions) == 0
        finally:
            shm.destroy_shared_memory_region(region_in)
            shm.destroy_shared_memory_region(region_out)


@case
def repository_control():
    for module, client in clients():
        listed = client.get_model_repository_index(**({} if module is httpclient else {"as_json": True}))
        listed = listed["models"] if isinstance(listed, dict) else listed
        states = {m["name"]: m.get("state", "") for m in listed}
        assert states["simple"] == "READY" and states["broken"] == "UNAVAILABLE", states
        client.unload_model("auto")
        assert not client.is_model_ready("auto")
        fails(lambda: client.get_model_metadata("auto"), "Request for unknown model: 'auto' has no available versions")
        client.load_model("auto")
        assert client.is_model_ready("auto")
        fails(lambda: client.load_model("nothing"), "failed to load 'nothing', failed to poll from model repository")
        fails(lambda: client.load_model("broken"), "failed to load 'broken', failed to poll from model repository")
        client.load_model("auto", config=json.dumps({"backend": "onnxruntime", "max_batch_size": 2}))
        config = client.get_model_config("auto", **({} if module is httpclient else {"as_json": True}))
        assert config.get("config", config)["max_batch_size"] == 2, config
        with open(sys.argv[3], "rb") as file:
            client.load_model("auto", config=json.dumps({"backend": "onnxruntime", "max_batch_size": 3}), files={"file:5/model.onnx": file.read()})
        assert client.is_model_ready("auto", "5") and not client.is_model_ready("auto", "1")
        client.load_model("auto")
        assert client.is_model_ready("auto", "1") and not client.is_model_ready("auto", "5")


@case
def settings_and_statistics():
    for module, client in clients():
        as_json = {} if module is httpclient else {"as_json": True}
        before = client.get_trace_settings(**as_json)
        assert "trace_rate" in before.get("settings", before), before
        client.update_trace_settings(settings={"trace_rate": "500"}, **as_json)
        after = client.update_trace_settings("simple", settings={"trace_level": ["TIMESTAMPS"]}, **as_json)
        after = after.get("settings", after)
        level = after["trace_level"]
        assert (level if isinstance(level, list) else level["value"]) == ["TIMESTAMPS"], after
        client.update_trace_settings("simple", settings={"trace_level": None}, **as_json)
        client.update_log_settings({"log_verbose_level": 1}, **as_json)
        log = client.get_log_settings(**as_json)
        assert "log_verbose_level" in log.get("settings", log), log
        client.update_log_settings({"log_verbose_level": 0}, **as_json)
        statistics = client.get_inference_statistics("simple", **as_json)
        [model] = statistics["model_stats"]
        assert int(model["inference_count"]) > int(model.get("zero", 0)), model
        assert int(model["inference_stats"]["success"]["count"]) > 0, model


@case
def parameters_and_timeout():
    for module, client in clients():
        check_simple(client.infer("simple", inputs(module), parameters={"mine": 7, "word": "x", "yes": True}))
        fails(lambda: client.infer("simple", inputs(module), parameters={"triton_x": 1}), "reserved")
    client = grpcclient.InferenceServerClient(GRPC)
    check_simple(client.infer("simple", inputs(grpcclient), client_timeout=10))


@case
def asynchronous():
    async def run():
        async with httpaio.InferenceServerClient(HTTP) as client:
            assert await client.is_server_ready()
            for result in await asyncio.gather(*[client.infer("simple", inputs(httpclient)) for _ in range(10)]):
                check_simple(result)
        async with grpcaio.InferenceServerClient(GRPC) as client:
            assert await client.is_server_ready()
            for result in await asyncio.gather(*[client.infer("simple", inputs(grpcclient)) for _ in range(10)]):
                check_simple(result)

            async def requests():
                for i in range(5):
                    yield {"model_name": "simple", "inputs": inputs(grpcclient), "request_id": str(i)}

            seen = 0
            async for result, error in client.stream_infer(requests()):
                assert error is None, error
                check_simple(result)
                seen += 1
            assert seen == 5, seen

    asyncio.run(run())


def in_sequence(module, client, sequence, value, **flags):
    tensor = module.InferInput("INPUT", [1, 1], "INT32")
    tensor.set_data_from_numpy(np.array([[value]], dtype=np.int32))
    result = client.infer("accumulator", [tensor], sequence_id=sequence, **flags)
    return int(result.as_numpy("OUTPUT")[0][0])


@case
def sequences():
    for module, client in clients():
        base = 100 if module is httpclient else 200
        assert in_sequence(module, client, base + 1, 5, sequence_start=True) == 5
        assert in_sequence(module, client, base + 2, 7, sequence_start=True) == 7
        assert in_sequence(module, client, base + 1, 1) == 6
        assert in_sequence(module, client, base + 2, 1, sequence_end=True) == 8
        assert in_sequence(module, client, base + 1, 1, sequence_end=True) == 7
        text = f"inference request for sequence {base + 1} to model 'accumulator' must specify the START flag on the first request of the sequence"
        fails(lambda: in_sequence(module, client, base + 1, 1), text)
        fails(lambda: in_sequence(module, client, 0, 1), "must specify a non-zero or non-empty correlation ID")


@case
def sequences_over_a_stream():
    with grpcclient.InferenceServerClient(GRPC) as client:
        answers = queue.Queue()
        client.start_stream(callback=lambda result, error: answers.put((result, error)))
        for i in range(6):
            for sequence in (31, 32):
                tensor = grpcclient.InferInput("INPUT", [1, 1], "INT32")
                tensor.set_data_from_numpy(np.array([[sequence]], dtype=np.int32))
                client.async_stream_infer(
                    "accumulator", [tensor], request_id=f"{sequence}_{i}", sequence_id=sequence, sequence_start=i == 0, sequence_end=i == 5
                )
        for _ in range(12):
            result, error = answers.get(timeout=20)
            assert error is None, error
            sequence, i = map(int, result.get_response().id.split("_"))
            assert int(result.as_numpy("OUTPUT")[0][0]) == sequence * (i + 1)
        client.stop_stream()


@case
def decoupled():
    tensor = grpcclient.InferInput("IN", [4], "INT32")
    tensor.set_data_from_numpy(np.array([4, 2, 0, 1], dtype=np.int32))
    for final in (False, True):
        with grpcclient.InferenceServerClient(GRPC) as client:
            answers = queue.Queue()
            client.start_stream(callback=lambda result, error: answers.put((result, error)))
            client.async_stream_infer("repeat", [tensor], request_id="r", enable_empty_final_response=final)
            seen = []
            while len(seen) < (5 if final else 4):
                result, error = answers.get(timeout=20)
                assert error is None, error
                value = result.as_numpy("OUT")
                seen.append(None if value is None else int(value[0]))
                assert result.get_response().parameters["triton_final_response"].bool_param == (value is None)
            assert seen == [4, 2, 0, 1] + ([None] if final else []), seen
            client.stop_stream()
    fails(lambda: grpcclient.InferenceServerClient(GRPC).infer("repeat", [tensor]), "ModelInfer RPC doesn't support models with decoupled transaction policy")
    over_http = httpclient.InferInput("IN", [4], "INT32")
    over_http.set_data_from_numpy(np.array([4, 2, 0, 1], dtype=np.int32))
    fails(lambda: httpclient.InferenceServerClient(HTTP).infer("repeat", [over_http]), "doesn't support models with decoupled transaction policy")


@case
def models_that_ask_models():
    words = np.array(["so", "much"], dtype=np.object_)
    for module, client in clients():
        for model, name, out in (("asker", "TEXT", "TEXT"), ("asked_ensemble", "WORDS", "ANSWER")):
            tensor = module.InferInput(name, [2], "BYTES")
            tensor.set_data_from_numpy(words)
            result = client.infer(model, [tensor])
            sums = "+".join(str(2 * i) for i in range(16)).encode()
            assert result.as_numpy(out).tolist() == [b"so " + sums, b"much " + sums], result.as_numpy(out)
            parameters = result.get_response()["parameters"] if module is httpclient else result.get_response().parameters
            assert "asked" in parameters, parameters


@case
def ensembles():
    for module, client in clients():
        tensors = []
        for name, offset in (("A", 5), ("B", 0)):
            tensor = module.InferInput(name, [1, 16], "INT32")
            tensor.set_data_from_numpy(numbers(offset))
            tensors.append(tensor)
        result = client.infer("twice", tensors)
        assert (result.as_numpy("FIRST") == 2 * numbers() + 5).all() and (result.as_numpy("SUM") == 3 * numbers() + 10).all()


@case
def reflection():
    with grpc.insecure_channel(GRPC) as channel:
        database = ProtoReflectionDescriptorDatabase(channel)
        assert "inference.GRPCInferenceService" in database.get_services()
        pool = DescriptorPool(database)
        service = pool.FindServiceByName("inference.GRPCInferenceService")
        assert service.FindMethodByName("ModelInfer").input_type.full_name == "inference.ModelInferRequest"
        assert "max_batch_size" in pool.FindMessageTypeByName("inference.ModelConfig").fields_by_name


wanted = sys.argv[4:] or [run.__name__ for run in CASES]
for run in CASES:
    if run.__name__ not in wanted:
        continue
    try:
        run()
        print(json.dumps({"name": run.__name__}), flush=True)
    except BaseException:
        print(json.dumps({"name": run.__name__, "error": traceback.format_exc()}), flush=True)
