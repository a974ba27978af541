import numpy as np
import triton_python_backend_utils as pb
class TritonPythonModel:
    def initialize(self, args):
        self.sums = {}
    def execute(self, requests):
        out = []
        for r in requests:
            get = lambda n: pb.get_input_tensor_by_name(r, n).as_numpy()
            i = int(get("CORRID").flat[0])
            if get("START").flat[0]: self.sums[i] = 0
            self.sums[i] = self.sums.get(i, 0) + int(get("INPUT").flat[0])
            out.append(pb.InferenceResponse([pb.Tensor("OUTPUT", np.array([[self.sums[i]]], dtype=np.int32))]))
            if get("END").flat[0]: self.sums.pop(i, None)
        return out
