// A thread that answers one question on the files of stores, and ends: verifying a large one would
// hold the editor's own thread.

import { parentPort, workerData } from 'node:worker_threads';
import type { Progress } from '../../rocksdb/index';
import { messageFor } from '../errorMessages';
import { answerFiles, type FilesAnswer, type FilesQuestion } from './storeFiles';

/** What the thread says: how far it is, and at last its answer or why there is none. */
export type FilesMessage =
  { readonly progress: Progress } | { readonly answer: FilesAnswer } | { readonly problem: string };

/** How often it says how far it is, ms. */
const progressMs = 100;

async function main(question: FilesQuestion, say: (message: FilesMessage) => void): Promise<void> {
  let said = 0;
  const progress = (progress: Progress) => {
    const now = performance.now();
    if (now - said < progressMs) return;
    said = now;
    say({ progress });
  };
  try {
    say({ answer: await answerFiles(question, progress, new AbortController().signal) });
  } catch (error) {
    say({ problem: messageFor(error, question.directory).text });
  }
}

void main(workerData as FilesQuestion, (message) => parentPort?.postMessage(message));
