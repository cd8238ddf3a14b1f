import { Worker } from 'node:worker_threads';
import type { DecodingAnswers, DecodingMessage, DecodingQuestion } from './decodingMessages';
import { FormatError } from './formatError';

/** Where the code of the thread is, and the formats that it loads. */
export interface DecodingModules {
  readonly thread: string;
  readonly formats: string;
}

/** How a question is asked. */
export interface Asking {
  /** Before those that are not: a document that somebody waits for, before rows. */
  readonly first?: boolean;
  /** A value that takes longer is given up. */
  readonly longestMs: number;
}

interface Waiting {
  readonly question: DecodingQuestion;
  readonly asking: Asking;
  readonly resolve: (answer: DecodingAnswers[keyof DecodingAnswers]) => void;
  readonly reject: (error: Error) => void;
}

/** No value is worth more memory. */
const mostMegabytes = 512;

/**
 * Decodes values in a thread of its own, for at their bounds formats take a second and more. It is started with the first
 * question, answers one at a time, and is ended, and started anew, where a value takes too long or too much memory.
 */
export class DecodingThread {
  readonly #waiting: Waiting[] = [];
  #worker: Worker | undefined;
  #asked: Waiting | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** whether the worker has loaded the formats */
  #isReady = false;
  #disposed = false;

  constructor(private readonly modules: DecodingModules) {}

  /** @throws FormatError where a value is not of its format, takes too long or too much memory, and nothing else */
  ask<Task extends DecodingQuestion['task']>(
    question: DecodingQuestion & { readonly task: Task },
    asking: Asking,
  ): Promise<DecodingAnswers[Task]> {
    return new Promise<DecodingAnswers[Task]>((resolve, reject) => {
      const waiting: Waiting = {
        question,
        asking,
        resolve: resolve as Waiting['resolve'],
        reject,
      };
      const behind = this.#waiting.findIndex((other) => other.asking.first !== true);
      if (asking.first === true && behind >= 0) this.#waiting.splice(behind, 0, waiting);
      else this.#waiting.push(waiting);
      this.#askNext();
    });
  }

  /** Ends the thread; what is asked from then on has no answer. */
  async dispose(): Promise<void> {
    this.#disposed = true;
    const worker = this.#worker;
    this.#end(new FormatError('limit', 'not read any more'));
    for (const { reject } of this.#waiting.splice(0)) {
      reject(new FormatError('limit', 'not read any more'));
    }
    await worker?.terminate();
  }

  #askNext(): void {
    if (this.#asked !== undefined) return;
    const next = this.#waiting.shift();
    if (next === undefined) return;
    if (this.#disposed) {
      next.reject(new FormatError('limit', 'not read any more'));
      return;
    }
    this.#worker ??= this.#start();
    this.#asked = next;
    if (this.#isReady) this.#startClock(next);
    const { question } = next;
    if (!('bytes' in question)) this.#worker.postMessage(question);
    else {
      // A view would be posted with all of the memory that it is a part of.
      const bytes = new Uint8Array(question.bytes);
      this.#worker.postMessage({ ...question, bytes }, [bytes.buffer]);
    }
  }

  /** From here on the question takes its time: before, the thread was not there yet. */
  #startClock({ asking }: Waiting): void {
    const give = () => this.#end(new FormatError('limit', 'takes too long'));
    this.#timer = setTimeout(give, asking.longestMs);
  }

  #start(): Worker {
    this.#isReady = false;
    const worker = new Worker(this.modules.thread, {
      workerData: this.modules.formats,
      resourceLimits: { maxOldGenerationSizeMb: mostMegabytes },
    });
    worker.unref();
    worker.on('message', (message: DecodingMessage) => {
      if (this.#worker !== worker) return;
      if ('ready' in message) {
        this.#isReady = true;
        if (this.#asked !== undefined) this.#startClock(this.#asked);
        return;
      }
      const asked = this.#take();
      if ('answer' in message) asked?.resolve(message.answer);
      else {
        const { code, reason, offset } = message.failed;
        asked?.reject(new FormatError(code, reason, offset));
      }
      this.#askNext();
    });
    worker.on('error', (error: NodeJS.ErrnoException) => {
      if (this.#worker !== worker) return;
      const outOfMemory = error.code === 'ERR_WORKER_OUT_OF_MEMORY';
      const reason = outOfMemory ? 'takes too much memory' : 'cannot be read';
      this.#end(new FormatError('limit', reason, undefined, { cause: error }));
    });
    return worker;
  }

  /** The question that is being answered, which is no longer waited for. */
  #take(): Waiting | undefined {
    clearTimeout(this.#timer);
    const asked = this.#asked;
    this.#asked = undefined;
    return asked;
  }

  /** The thread is of no more use; the next question starts another. */
  #end(error: Error): void {
    const worker = this.#worker;
    this.#worker = undefined;
    void worker?.terminate();
    this.#take()?.reject(error);
    this.#askNext();
  }
}
