import { Fault, toFault } from '../../../core/index.js';
import { messageFromJson, messageToJson, type ModelConfig, ModelConfigSchema } from '../../../wire/index.js';
import { initializeArguments, type PythonOrder } from './python-order.js';
import { PythonProcess } from './python-process.js';

const STOP_GRACE_MS = 2000;

/** The configuration as the code's `auto_complete_config` completes it. @throws Fault of the code's own, UNAVAILABLE without Python */
export async function completedConfig(config: ModelConfig, order: Omit<PythonOrder, 'config' | 'spec'>): Promise<ModelConfig> {
  const json = messageToJson(ModelConfigSchema, config);
  let process: PythonProcess | undefined;
  const completed = await new Promise<unknown>((resolve, reject) => {
    process = new PythonProcess(order.python, order.name, {
      message({ kind, ...message }) {
        if (kind === 'completed') resolve(message['config']);
        else if (kind === 'failed')
          reject(new Fault('INVALID_ARGUMENT', `model "${order.name}": auto_complete_config failed: ${String(message['message'])}`));
      },
      lost: reject,
    });
    process.send({ kind: 'complete', ...order, args: initializeArguments({ ...order, config: json, spec: { inputs: [], outputs: [] } }, 0) });
  }).finally(() => process?.stop(STOP_GRACE_MS));
  try {
    return messageFromJson(ModelConfigSchema, completed, `configuration that ${order.file} completed`);
  } catch (error) {
    throw toFault(error, 'INVALID_ARGUMENT');
  }
}
