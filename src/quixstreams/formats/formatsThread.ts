// What the decoding thread runs: it answers one question after the other (decodingThread.ts asks).

import { parentPort, workerData } from 'node:worker_threads';
import type { DecodingAnswers, DecodingMessage, DecodingQuestion } from './decodingMessages';
import { isFormatError } from './formatError';
import { loadFormats } from './loadFormats';
import type { FormatId, ValueFormats } from './valueFormat';

/** What can be read without a schema, and is not always there. */
const tried: readonly FormatId[] = ['json', 'text', 'pickle', 'messagepack', 'cbor', 'protobuf'];

const loaded = loadFormats(workerData as string);

void loaded.then(() => post({ ready: true }));

parentPort?.on('message', (question: DecodingQuestion) => {
  void loaded.then((formats) => post(attempt(() => answer(formats, question))));
});

/** Text of documents is handed over, not copied. */
function post(message: DecodingMessage): void {
  const content = 'answer' in message && 'content' in message.answer && message.answer.content;
  parentPort?.postMessage(message, content ? [content.buffer as ArrayBuffer] : []);
}

function attempt(run: () => DecodingAnswers[keyof DecodingAnswers]): DecodingMessage {
  try {
    return { answer: run() };
  } catch (error) {
    if (!isFormatError(error)) throw error;
    const { code, reason, offset } = error;
    return { failed: { code, reason, offset } };
  }
}

function answer(
  formats: ValueFormats,
  question: DecodingQuestion,
): DecodingAnswers[keyof DecodingAnswers] {
  switch (question.task) {
    case 'fitting':
      return tried.filter((id) => fits(formats, question.bytes, id));
    case 'messageNames':
      return formats.messageNames(question.schema);
    default: {
      const { bytes, as, schema, mostDecoded } = question;
      const decoded =
        as === 'auto' ? formats.auto(bytes, mostDecoded) : formats.decode(bytes, as, schema);
      const facts = formats.facts(decoded, schema);
      if (question.task === 'line') {
        return { text: formats.line(decoded, question.maxLength), facts };
      }
      const { text, language } = formats.text(decoded);
      return { content: new TextEncoder().encode(text), language, facts };
    }
  }
}

function fits(formats: ValueFormats, bytes: Uint8Array, id: FormatId): boolean {
  try {
    formats.decode(bytes, id);
    return true;
  } catch (error) {
    if (isFormatError(error)) return false;
    throw error;
  }
}
