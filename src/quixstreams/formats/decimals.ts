import { isDecimal } from './pythonLiterals';
import { Call } from './pythonValue';

/**
 * `Decimal('1.50')` for digits × 10^exponent, with an exponent only where str(Decimal) has one (Lib/_pydecimal.py,
 * __str__); undefined for more digits than Python writes as an int.
 */
export function decimalCall(digits: bigint, exponent: bigint): Call | undefined {
  if (!isDecimal(digits) || exponent > 1n << 62n || exponent < -(1n << 62n)) return undefined;
  const sign = digits < 0n ? '-' : '';
  const text = String(digits < 0n ? -digits : digits);
  const adjusted = exponent + BigInt(text.length) - 1n;
  if (exponent > 0n || adjusted < -6n) {
    const fraction = text.length > 1 ? `.${text.slice(1)}` : '';
    return decimal(`${sign}${text.slice(0, 1)}${fraction}E${adjusted < 0n ? '' : '+'}${adjusted}`);
  }
  if (exponent === 0n) return decimal(sign + text);
  const places = Number(-exponent);
  const padded = text.padStart(places + 1, '0');
  return decimal(`${sign}${padded.slice(0, -places)}.${padded.slice(-places)}`);
}

const decimal = (text: string) => new Call('Decimal', [text]);
