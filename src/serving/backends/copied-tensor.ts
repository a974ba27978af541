import type { Tensor } from '../../core/index.js';

/** A tensor on memory of its own: whoever runs a model takes over what it is given. BYTES are never changed, so they are shared. */
export const copiedTensor = (tensor: Tensor): Tensor =>
  tensor.datatype === 'BYTES'
    ? tensor
    : ({ ...tensor, data: new (tensor.data.constructor as Uint8ArrayConstructor)(tensor.data as Uint8Array) } as Tensor);
