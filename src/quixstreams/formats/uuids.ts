import { Call } from './pythonValue';

/** `UUID('12345678-9abc-def0-1234-56789abcdef0')` from its 32 hex digits. */
export function uuidCall(hex: string): Call {
  return new Call('UUID', [hex.replace(/(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')]);
}
