// What values stand for (Avro specification 1.12, "Logical Types"): numbers of days, milliseconds or microseconds
// since 1970 or midnight; decimals as big-endian two's complement of the digits; UUIDs as text or bytes.

import { dateCall, datetimeCall, fromMicroseconds, timeCall, utc } from '../datetimes';
import { decimalCall } from '../decimals';
import { Call, type PythonValue } from '../pythonValue';
import { uuidCall } from '../uuids';
import type { Logical } from './avroSchema';

/** A value as what it stands for, in Python's notation; as it is where it stands for nothing that is known. */
export function logicalValue(logical: Logical | undefined, value: PythonValue): PythonValue {
  if (!logical) return value;
  if (typeof value === 'bigint') return timeOf(logical.name, value) ?? value;
  if (logical.name === 'uuid') return uuid(value) ?? value;
  if (logical.name === 'decimal' && value instanceof Uint8Array) {
    return decimalCall(signed(value), BigInt(-logical.scale)) ?? value;
  }
  return value;
}

function timeOf(name: string, value: bigint): PythonValue | undefined {
  switch (name) {
    case 'date': {
      const at = fromMicroseconds(value * 86_400_000_000n);
      return at && dateCall(at);
    }
    case 'time-millis':
      return timeOfDay(value * 1000n);
    case 'time-micros':
      return timeOfDay(value);
    case 'timestamp-millis':
    case 'timestamp-micros': {
      const at = fromMicroseconds(name === 'timestamp-millis' ? value * 1000n : value);
      return at && datetimeCall(at, { tzinfo: utc });
    }
    case 'local-timestamp-millis':
    case 'local-timestamp-micros': {
      const at = fromMicroseconds(name === 'local-timestamp-millis' ? value * 1000n : value);
      return at && datetimeCall(at);
    }
    default:
      return undefined;
  }
}

function timeOfDay(microseconds: bigint): PythonValue | undefined {
  if (microseconds < 0n || microseconds >= 86_400_000_000n) return undefined;
  const at = fromMicroseconds(microseconds);
  return at && timeCall(at);
}

function uuid(value: PythonValue): PythonValue | undefined {
  if (typeof value === 'string') return new Call('UUID', [value]);
  if (!(value instanceof Uint8Array) || value.length !== 16) return undefined;
  return uuidCall(Buffer.from(value).toString('hex'));
}

function signed(bytes: Uint8Array): bigint {
  if (bytes.length === 0) return 0n;
  return BigInt.asIntN(bytes.length * 8, BigInt(`0x${Buffer.from(bytes).toString('hex')}`));
}
