import type { ChildProcess } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** Stops a process where it is, background threads too, until it is sent SIGCONT. */
export async function pauseProcess(child: ChildProcess): Promise<void> {
  child.kill('SIGSTOP');
  while (await isRunning(child)) await nextTurn(); // the signal is sent; its threads stop one by one
}

/** Whether a thread of it has not stopped; where there is no /proc nobody knows. */
async function isRunning({ pid }: ChildProcess): Promise<boolean> {
  const tasks = `/proc/${pid}/task`;
  for (const task of await readdir(tasks).catch(() => [])) {
    const stat = await readFile(`${tasks}/${task}/stat`, 'latin1').catch(() => '');
    // pid (name) state …; T is stopped
    if (stat !== '' && stat.charAt(stat.lastIndexOf(')') + 2) !== 'T') return true;
  }
  return false;
}
