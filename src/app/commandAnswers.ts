import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const exec = promisify(execFile);
const askMs = 10_000;

/** Whether a command is on PATH and ends well. @throws `signal`'s reason */
export async function commandAnswers(
  command: string,
  args: readonly string[],
  signal?: AbortSignal,
): Promise<boolean> {
  try {
    await exec(command, args, { timeout: askMs, signal, windowsHide: true });
    return true;
  } catch {
    signal?.throwIfAborted();
    return false;
  }
}
