import { floatLiteral } from '../pythonLiterals';
import { Call, Name, Sequence, type PythonValue } from '../pythonValue';
import type { Instance } from './instance';

/** Python's own types that have no opcode, as they print themselves; undefined for all else. */
export function builtinNotation(path: string, instance: Instance): PythonValue | undefined {
  const [first, second] = instance.args;
  if (!instance.untouched) return undefined;
  switch (path) {
    case 'builtins.set':
    case 'builtins.frozenset': {
      const kind = path === 'builtins.set' ? 'set' : 'frozenset';
      if (first === undefined) return new Sequence(kind);
      return first instanceof Sequence ? new Sequence(kind, first.items) : undefined;
    }
    case 'builtins.bytearray': {
      const bytes = typeof first === 'string' ? Buffer.from(first, 'latin1') : first;
      if (bytes !== undefined && !(bytes instanceof Uint8Array)) return undefined;
      return new Call('bytearray', [bytes ?? new Uint8Array()]);
    }
    case 'builtins.complex':
      if (typeof first !== 'number' || typeof second !== 'number') return undefined;
      return complex(first, second);
    default:
      return undefined;
  }
}

/** `(1+2j)`, or `2j` where the real part is a positive zero. */
export function complex(
  real: number,
  imaginary: number,
  literal: (value: number) => string = floatLiteral,
): Name {
  const short = (value: number) => literal(value).replace(/\.0$/, '');
  if (Object.is(real, 0)) return new Name(`${short(imaginary)}j`);
  const sign = imaginary < 0 || Object.is(imaginary, -0) ? '' : '+';
  return new Name(`(${short(real)}${sign}${short(imaginary)}j)`);
}
