/**
 * `mismatch`: the bytes are not of this format. `limit`: they may be, but to go on would take more memory or
 * depth than they are worth. `schema`: the schema is missing, or is none.
 */
export type FormatErrorCode = 'mismatch' | 'limit' | 'schema';

/** Why bytes cannot be read in a format; `message` is for logs, sentences for people are made elsewhere. */
export class FormatError extends Error {
  constructor(
    readonly code: FormatErrorCode,
    readonly reason: string,
    /** Byte offset up to which they fitted, where one is known. */
    readonly offset?: number,
    options?: ErrorOptions,
  ) {
    super(offset === undefined ? reason : `${reason} at byte ${offset}`, options);
    this.name = 'FormatError';
  }
}

/** Whether an error is one of these; the formats are a bundle of their own, whose classes are others. */
export function isFormatError(error: unknown): error is FormatError {
  return error instanceof Error && error.name === 'FormatError';
}
