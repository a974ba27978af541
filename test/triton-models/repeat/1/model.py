import numpy as np
import triton_python_backend_utils as pb
class TritonPythonModel:
    def execute(self, requests):
        for r in requests:
            s = r.get_response_sender()
            for v in pb.get_input_tensor_by_name(r, "IN").as_numpy():
                s.send(pb.InferenceResponse([pb.Tensor("OUT", np.array([v], dtype=np.int32))]))
            s.send(flags=pb.TRITONSERVER_RESPONSE_COMPLETE_FINAL)
        return None
