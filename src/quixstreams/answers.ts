/** Answers of a store that are kept. */
const mostRemembered = 1000;

/** What a store was asked before, so that it is not asked for every key again. */
export class Answers {
  private readonly answers = new Map<string, boolean>();

  async remembered(question: string, find: () => Promise<boolean>): Promise<boolean> {
    const before = this.answers.get(question);
    if (before !== undefined) return before;
    const answer = await find();
    if (this.answers.size === mostRemembered) this.answers.clear();
    this.answers.set(question, answer);
    return answer;
  }
}

/** A prefix as part of a question, or as a key of a Map. */
export function nameOf(prefix: Uint8Array): string {
  return Buffer.from(prefix.buffer, prefix.byteOffset, prefix.length).toString('latin1');
}
