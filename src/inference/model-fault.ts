import { Fault, toFault } from '../core/index.js';

/** The error as a fault whose text names the model. */
export function modelFault(error: unknown, model: string): Fault {
  const fault = toFault(error);
  if (fault.message.includes(`"${model}"`) || fault.message.includes(`'${model}'`) || fault.message.startsWith(`${model}: `)) return fault;
  return new Fault(fault.code, `model "${model}": ${fault.message}`, { cause: fault.cause ?? fault });
}
