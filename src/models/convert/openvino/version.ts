/** Changes whenever the same network would give another file. */
export const OPENVINO_CONVERSION = '1';
