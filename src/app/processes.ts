// Which processes descend from which: /proc/PID/stat on Linux, `ps` on macOS, CIM on Windows.
//
//   /proc/PID/stat    PID (COMMAND) STATE PPID …      COMMAND may hold spaces and parentheses (proc(5))

import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const exec = promisify(execFile);
const listMs = 10_000;

/** Every process and its parent. */
async function parents(): Promise<Map<number, number>> {
  switch (process.platform) {
    case 'linux':
      return parentsOfProc();
    case 'win32': {
      const list =
        'Get-CimInstance Win32_Process | ForEach-Object { "$($_.ProcessId) $($_.ParentProcessId)" }';
      return parse(await output('powershell.exe', ['-NoProfile', '-Command', list]));
    }
    default:
      return parse(await output('ps', ['-A', '-o', 'pid=,ppid=']));
  }
}

async function parentsOfProc(): Promise<Map<number, number>> {
  const found = new Map<number, number>();
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  await Promise.all(
    ids.map(async (id) => {
      const parent = await parentOfProc(Number(id));
      if (parent !== undefined) found.set(Number(id), parent);
    }),
  );
  return found;
}

async function parentOfProc(id: number): Promise<number | undefined> {
  const stat = await readFile(`/proc/${id}/stat`, 'latin1').catch(() => '');
  const [, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return parent === undefined ? undefined : Number(parent);
}

async function output(command: string, args: readonly string[]): Promise<string> {
  const options = { timeout: listMs, windowsHide: true, maxBuffer: 16 << 20 };
  return (await exec(command, args, options)).stdout;
}

function parse(text: string): Map<number, number> {
  const pairs = text.split('\n').map((line) => line.trim().split(/\s+/).map(Number));
  return new Map(pairs.filter((pair): pair is [number, number] => pair.length === 2));
}

/** The processes that descend from `pid`, children before theirs; none where that cannot be told. */
export async function descendantsOf(pid: number): Promise<number[]> {
  const all = await parents().catch(() => new Map<number, number>());
  const found = [pid];
  for (const one of found) {
    for (const [child, parent] of all) {
      if (parent === one && !found.includes(child)) found.push(child);
    }
  }
  return found.slice(1);
}

/** The processes that `pid` descends from, its parent first; none where that cannot be told. */
export async function ancestorsOf(pid: number): Promise<number[]> {
  // On Linux a look at each of them, not at all processes: rows ask every second.
  const all =
    process.platform === 'linux'
      ? undefined
      : await parents().catch(() => new Map<number, number>());
  const found: number[] = [];
  for (let one = pid; ;) {
    const parent = all ? all.get(one) : await parentOfProc(one);
    if (parent === undefined || parent === 0 || found.includes(parent)) return found;
    found.push(parent);
    one = parent;
  }
}

/** Ends processes at once, without a word to them; those that have ended are passed over. */
export function killAll(pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL'); // on Windows, TerminateProcess
    } catch {
      // ended already
    }
  }
}
