import { once } from 'node:events';
import type { Writable } from 'node:stream';

/** Characters that are gathered before they are handed on. */
const chunk = 64 << 10;

/** Text to a stream, no faster than it is read, and no longer. */
export class Output {
  private readonly gone = new AbortController();
  private lines = '';

  constructor(private readonly stream: Writable) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      this.gone.abort(error);
    });
  }

  /** Aborted when nobody reads any more (`| head -1`), or the disk is full. */
  get closed(): AbortSignal {
    return this.gone.signal;
  }

  async line(text: string): Promise<void> {
    this.lines += text + '\n';
    if (this.lines.length >= chunk) await this.flush();
  }

  async bytes(bytes: Uint8Array): Promise<void> {
    await this.flush();
    await this.write(bytes);
  }

  async flush(): Promise<void> {
    const { lines } = this;
    this.lines = '';
    if (lines !== '') await this.write(lines);
  }

  private async write(data: string | Uint8Array): Promise<void> {
    this.closed.throwIfAborted();
    if (!this.stream.write(data)) await once(this.stream, 'drain', { signal: this.closed });
  }
}
