import triton_python_backend_utils as pb
class TritonPythonModel:
    def execute(self, requests):
        out = []
        for r in requests:
            a = pb.get_input_tensor_by_name(r, "INPUT0").as_numpy()
            b = pb.get_input_tensor_by_name(r, "INPUT1").as_numpy()
            out.append(pb.InferenceResponse([pb.Tensor("OUTPUT0", a + b), pb.Tensor("OUTPUT1", a - b)]))
        return out
