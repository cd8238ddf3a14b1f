// What can be wrong with a block besides bytes that do not add up, which are a CodingError.

/** A block layout that this reader does not know. */
export class UnknownLayoutError extends Error {}

/** A kind of checksum that this reader does not know; the message names it. */
export class UnknownChecksumError extends Error {
  constructor(kind: number) {
    super(`checksum kind ${kind}`);
  }
}

/** The bytes of a block are not those that its checksum was made of. */
export class ChecksumMismatchError extends Error {
  constructor() {
    super('block checksum mismatch');
  }
}
