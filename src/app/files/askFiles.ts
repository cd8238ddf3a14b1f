import { Worker } from 'node:worker_threads';
import type { Progress } from '../../rocksdb/index';
import type { FilesMessage } from './filesWorker';
import type { FilesAnswer, FilesQuestion } from './storeFiles';

/** Why a question on the files of a store has no answer, as a sentence for people. */
export class FilesError extends Error {}

/**
 * Asks a thread of its own, whose code is at `modulePath`, what the files of a store are or whether they are sound.
 * @throws FilesError, `signal`'s reason
 */
export async function askFiles(
  modulePath: string,
  question: FilesQuestion,
  signal: AbortSignal,
  progress: (progress: Progress) => void = () => undefined,
): Promise<FilesAnswer> {
  signal.throwIfAborted();
  const worker = new Worker(modulePath, { workerData: question });
  const answer = new Promise<FilesAnswer>((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error));
    worker.on('message', (message: FilesMessage) => {
      if ('progress' in message) progress(message.progress);
      else if ('answer' in message) resolve(message.answer);
      else reject(new FilesError(message.problem));
    });
    worker.on('error', reject);
    worker.on('exit', () => reject(new FilesError('The thread that reads files ended.')));
  });
  return answer.finally(() => void worker.terminate());
}
