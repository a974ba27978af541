"""Three sequences, interleaved over one stream of tritonclient; prints the sums of each as JSON."""
import json
import queue
import sys

import numpy as np
import tritonclient.grpc as grpcclient

SEQUENCES = {"1001": (1001, 1), "1002": (1002, 2), "text": (1003, 3)}

answers = queue.Queue()
sums = {name: [] for name in SEQUENCES}
with grpcclient.InferenceServerClient(sys.argv[1]) as client:
    client.start_stream(callback=lambda result, error: answers.put((result, error)))
    for step in range(1, 5):
        for name, (number, factor) in SEQUENCES.items():
            tensor = grpcclient.InferInput("INPUT", [1, 1], "INT32")
            tensor.set_data_from_numpy(np.array([[step * factor]], dtype=np.int32))
            client.async_stream_infer(
                "accumulator", [tensor], request_id=name, sequence_id=number, sequence_start=step == 1, sequence_end=step == 4
            )
    for _ in range(4 * len(SEQUENCES)):
        result, error = answers.get(timeout=60)
        if error:
            sys.exit(str(error))
        sums[result.get_response().id].append(int(result.as_numpy("OUTPUT")[0][0]))
    client.stop_stream()
print(json.dumps(sums))
