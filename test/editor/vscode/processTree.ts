import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** A process and when it started, so that a pid used again is never taken for it. */
interface Process {
  readonly pid: number;
  readonly started: string;
}

/** Fields of /proc/{pid}/stat behind the command's name: state, parent, … start time. */
function stat(pid: number | string): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

/** All processes below `pid`; none where there is no /proc. */
export function descendants(pid: number): Process[] {
  if (!existsSync('/proc')) return [];
  const names = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const children = new Map<number, Process[]>();
  for (const name of names) {
    const fields = stat(name);
    if (fields === undefined) continue;
    const parent = Number(fields[1]);
    const process = { pid: Number(name), started: fields[19] ?? '' };
    children.set(parent, [...(children.get(parent) ?? []), process]);
  }
  const found: Process[] = [];
  for (const todo = [pid]; todo.length > 0;) {
    const below = children.get(todo.pop() ?? 0) ?? [];
    found.push(...below);
    todo.push(...below.map((child) => child.pid));
  }
  return found;
}

function alive({ pid, started }: Process): boolean {
  const fields = stat(pid);
  return fields !== undefined && fields[19] === started && fields[0] !== 'Z';
}

/** Ends `child` and all below it: SIGTERM, then, after 5 s, SIGKILL for what is left. */
export async function endTree(child: ChildProcess): Promise<void> {
  if (child.pid === undefined) return;
  const below = descendants(child.pid);
  const running = () => child.exitCode === null && child.signalCode === null;
  child.kill('SIGTERM');
  const deadline = Date.now() + 5000;
  while ((running() || below.some(alive)) && Date.now() < deadline) await delay(50);
  for (const process of below.filter(alive)) {
    try {
      globalThis.process.kill(process.pid, 'SIGKILL');
    } catch {
      // ended in between
    }
  }
  if (running()) child.kill('SIGKILL');
}

/**
 * Ends `child`, the leader of a process group, and removes `folder` when this process dies, however
 * it dies: its end of a pipe closes then. Gives what lets the guard go.
 */
export function guard(child: ChildProcess, folder: string): () => void {
  const script = 'cat >/dev/null; kill -TERM "$0"; sleep 6; kill -KILL -- "-$0"; rm -rf "$1"';
  const process = spawn('/bin/sh', ['-c', script, String(child.pid), folder], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  process.unref();
  process.stdin?.on('error', () => {});
  (process.stdin as { unref?: () => void } | null)?.unref?.();
  return () => void process.kill('SIGKILL');
}
