"""Calls an eye-contact server as its five client generations do; prints one JSON line for each case.

Usage: eye_contact_clients.py ADDRESS PROTO_FOLDER FASTSTART_VIDEO OTHER_VIDEO OUTPUT_FOLDER [CA KEY CERT]
The messages are made from the .proto files with grpcio-tools at run time.
"""

import json
import os
import sys
import traceback

import grpc

ADDRESS, PROTOS, FASTSTART, OTHER, OUTPUT = sys.argv[1:6]
TLS = sys.argv[6:9]
sys.path.insert(0, PROTOS)
pb, services = grpc.protos_and_services("eyecontact.proto")
health_pb, health_services = grpc.protos_and_services("health.proto")

CHUNK = 64 * 1024
SETTINGS_1_2 = dict(
    temporal=0xFFFFFFFF, detect_closure=0, eye_size_sensitivity=3, enable_lookaway=0, lookaway_max_offset=5,
    lookaway_interval_min=3, lookaway_interval_range=8, gaze_pitch_threshold_low=25.0, gaze_pitch_threshold_high=30.0,
    gaze_yaw_threshold_low=20.0, gaze_yaw_threshold_high=30.0, head_pitch_threshold_low=20.0,
    head_pitch_threshold_high=25.0, head_yaw_threshold_low=25.0, head_yaw_threshold_high=30.0,
)
SETTINGS_1_3 = {**SETTINGS_1_2, "gaze_pitch_threshold_low": 20.0, "head_pitch_threshold_low": 15.0}


def channel():
    if not TLS:
        return grpc.insecure_channel(ADDRESS)
    ca, key, cert = (open(path, "rb").read() for path in TLS)
    return grpc.secure_channel(ADDRESS, grpc.ssl_channel_credentials(ca, key, cert))


def requests(path, config):
    if config is not None:
        yield pb.RedirectGazeRequest(config=config)
    with open(path, "rb") as file:
        while chunk := file.read(CHUNK):
            yield pb.RedirectGazeRequest(video_file_data=chunk)


def redirect(name, path, config, drops_first, metadata=()):
    """One call. A client that `drops_first` throws its first response away, whatever it is."""
    case = {"name": name, "echoes": 0, "echo_equal": None, "session": None, "media_in_dropped": False}
    with channel() as open_channel:
        stub = services.MaxineEyeContactServiceStub(open_channel)
        responses = stub.RedirectGaze(requests(path, config), metadata=metadata)
        made = os.path.join(OUTPUT, name + ".mp4")
        with open(made, "wb") as out:
            for number, response in enumerate(responses):
                kind = response.WhichOneof("stream_output")
                if kind == "config":
                    case["echoes"] += 1
                    case["echo_equal"] = response.config == config
                if kind == "service_info":
                    case["session"] = response.service_info.client_session_id
                if number == 0 and drops_first:
                    case["media_in_dropped"] = kind == "video_file_data"
                    continue
                if kind == "video_file_data":
                    out.write(response.video_file_data)
    case["file"] = made
    return case


def lossy(**values):
    return pb.OutputVideoEncoding(lossy=pb.LossyEncoding(**values))


def custom(**values):
    from google.protobuf.any_pb2 import Any
    from google.protobuf.wrappers_pb2 import Int32Value

    params = pb.CustomEncodingParams()
    for name, value in values.items():
        wrapped = Any()
        wrapped.Pack(Int32Value(value=value))
        params.custom[name].CopyFrom(wrapped)
    return pb.OutputVideoEncoding(custom_encoding=params)


def generations():
    with_rate = pb.RedirectGazeConfig(**SETTINGS_1_2, output_video_encoding=lossy(bitrate=3000000, idr_interval=8))
    without_rate = pb.RedirectGazeConfig(**SETTINGS_1_3, output_video_encoding=lossy(idr_interval=8))
    many = pb.RedirectGazeConfig(**SETTINGS_1_3, output_video_encoding=lossy(idr_interval=8), enable_multi_person=0)
    lossless = pb.RedirectGazeConfig(**SETTINGS_1_2, output_video_encoding=pb.OutputVideoEncoding(lossless=True))
    own = pb.RedirectGazeConfig(**SETTINGS_1_2, output_video_encoding=custom(idrinterval=4, bitrate=500000))
    yield "gen-1.0", OTHER, None, False, ()
    yield "gen-1.1", FASTSTART, None, False, (("authorization", "Bearer x"), ("function-id", "y"))
    yield "gen-1.1-config", OTHER, pb.RedirectGazeConfig(eye_size_sensitivity=5, temporal=0), True, ()
    yield "gen-1.2", OTHER, with_rate, True, ()
    yield "gen-1.2-streaming", FASTSTART, with_rate, True, ()
    yield "gen-1.2-lossless", OTHER, lossless, True, ()
    yield "gen-1.2-custom", OTHER, own, True, ()
    yield "gen-1.3", FASTSTART, without_rate, True, ()
    yield "gen-1.5", FASTSTART, many, False, (("client-session-id", "session 7"),)


def healthy():
    with channel() as open_channel:
        stub = health_services.HealthStub(open_channel)
        status = stub.Check(health_pb.HealthCheckRequest()).status
    return {"name": "health", "serving": status == health_pb.HealthCheckResponse.SERVING}


def refused():
    config = pb.RedirectGazeConfig(eye_size_sensitivity=9, gaze_yaw_threshold_low=1.0)
    try:
        redirect("refused", OTHER, config, False)
    except grpc.RpcError as error:
        return {"name": "refused", "status": error.code().name, "details": error.details()}
    return {"name": "refused", "status": "OK", "details": ""}


def cases():
    yield "health", healthy
    for each in generations():
        yield each[0], lambda each=each: redirect(*each)
    yield "refused", refused


for case_name, run in cases():
    try:
        print(json.dumps(run()), flush=True)
    except Exception:
        print(json.dumps({"name": case_name, "error": traceback.format_exc()}), flush=True)
