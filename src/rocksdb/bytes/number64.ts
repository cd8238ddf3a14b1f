/** The upper half of the product of two numbers of 32 bits, whose lower half is `low`. */
function upperHalf(a: number, b: number, low: number): number {
  // The product is off by less than 2^12, so the sum is 2^32 times a whole number but for 2^-20.
  return ((a * b - low) * 2 ** -32 + 0.5) >>> 0;
}

/** A number of 64 bits without a sign that changes in place: bigint is many times as slow. */
export class Number64 {
  /** Each half from 0 to 2^32 - 1. */
  constructor(
    public low: number,
    public high: number,
  ) {}

  add(low: number, high: number): void {
    const sum = this.low + low;
    this.high = (this.high + high + (sum > 0xffff_ffff ? 1 : 0)) >>> 0;
    this.low = sum >>> 0;
  }

  xor(low: number, high: number): void {
    this.low = (this.low ^ low) >>> 0;
    this.high = (this.high ^ high) >>> 0;
  }

  /** Xors with itself moved right by `bits`, 32 to 63. */
  xorRight(bits: number): void {
    this.low = (this.low ^ (this.high >>> (bits - 32))) >>> 0;
  }

  /** The lower 64 bits of the product. */
  multiply(low: number, high: number): void {
    const product = Math.imul(this.low, low) >>> 0;
    const upper = upperHalf(this.low, low, product);
    this.high = (upper + Math.imul(this.low, high) + Math.imul(this.high, low)) >>> 0;
    this.low = product;
  }

  /** Both halves of the product of 128 bits, one upon the other. */
  fold(low: number, high: number): void {
    const lowLow = Math.imul(this.low, low) >>> 0;
    const highLow = Math.imul(this.high, low) >>> 0;
    const lowHigh = Math.imul(this.low, high) >>> 0;
    const highHigh = Math.imul(this.high, high) >>> 0;
    const cross = upperHalf(this.low, low, lowLow) + highLow + lowHigh;
    const upper =
      upperHalf(this.high, low, highLow) +
      upperHalf(this.low, high, lowHigh) +
      Math.floor(cross / 2 ** 32) +
      highHigh;
    const top = upperHalf(this.high, high, highHigh) + Math.floor(upper / 2 ** 32);
    this.low = (lowLow ^ upper) >>> 0;
    this.high = (cross ^ top) >>> 0;
  }

  /** The part of 0 to `range` - 1, evenly split, in which the number is; `range` has 32 bits. */
  partOf(range: number): number {
    const lowLow = Math.imul(this.low, range) >>> 0;
    const highLow = Math.imul(this.high, range) >>> 0;
    const carry = upperHalf(this.low, range, lowLow) + highLow > 0xffff_ffff ? 1 : 0;
    return upperHalf(this.high, range, highLow) + carry;
  }
}
