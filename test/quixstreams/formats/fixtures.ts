import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';

const folder = path.resolve(import.meta.dirname, '../../fixtures/formats');

/** A value as a library of Python wrote it, and as Python prints it. */
export interface Written {
  readonly name: string;
  readonly bytes: Buffer;
  /** undefined where it is long, and only its hash is there. */
  readonly text: string | undefined;
  readonly sha256: string | undefined;
  /** What else the generator wrote down. */
  readonly more: Readonly<Record<string, unknown>>;
}

/** The lines of a file that a generator in fixtures/formats wrote. */
export function written(file: string): Written[] {
  const lines = readFileSync(path.join(folder, file), 'utf8').trimEnd().split('\n');
  return lines.map((line) => {
    const { name, bytes, text, sha256, ...more } = JSON.parse(line) as Record<string, string>;
    return {
      name: name ?? '',
      bytes: Buffer.from(bytes ?? '', 'base64'),
      text,
      sha256,
      more,
    };
  });
}

/** Whether text is what was written down. */
export function assertText(text: string, { name, text: expected, sha256 }: Written): void {
  if (expected !== undefined) assert.equal(text, expected, name);
  else assert.equal(createHash('sha256').update(text).digest('hex'), sha256, text.slice(0, 200));
}
