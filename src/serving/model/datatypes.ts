import { fail, type Datatype } from '../../core/index.js';
import { DataType } from '../../wire/index.js';

/** The name on the wire of a configuration's datatype. @throws Fault INVALID_ARGUMENT when none was chosen */
export function datatypeOf(type: DataType, of: string): Datatype {
  if (type === DataType.TYPE_INVALID) fail('INVALID_ARGUMENT', `${of} must specify 'data_type'`);
  const name = DataType[type].slice('TYPE_'.length);
  return (name === 'STRING' ? 'BYTES' : name) as Datatype;
}

/** The configuration's name of a datatype on the wire. */
export const dataTypeOf = (datatype: Datatype): DataType => DataType[`TYPE_${datatype === 'BYTES' ? 'STRING' : datatype}`];
