import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import { root } from './stateView';

/** The interpreter with quixstreams and debugpy that the tests keep. */
export async function python(): Promise<string> {
  const env = { ...process.env, ELECTRON_RUN_AS_NODE: '1' };
  const script = path.join(root(), 'test/python.mjs');
  return (await promisify(execFile)(process.execPath, [script], { env })).stdout.trim();
}

/** A message as the app processed it. */
interface Processed {
  readonly offset: number;
  readonly device: string;
  readonly total: number;
}

/** The example writes down what it processes, where `.env` says. */
const patches = [
  ['import Application, State', 'import Application, State, message_context'],
  [
    'count(value: dict, state: State)',
    'count(value: dict, key: bytes, _timestamp, _headers, state: State)',
  ],
  ['apply(count, stateful=True)', 'apply(count, stateful=True, metadata=True)'],
  [
    '    return {"total": total',
    `    with open(os.environ["PROCESSED"], "a") as file:
        print(message_context().offset, key.decode(), total, file=file)
    return {"total": total`,
  ],
] as const;

/** A copy of the example app, which writes down what it processes, outside of the workspace. */
export class DebugApp {
  private constructor(
    readonly folder: string,
    readonly name: string,
  ) {}

  /** `name`: of its topic and its consumer group, too. */
  static async make(name: string): Promise<DebugApp> {
    const parent = await realpath(await mkdtemp(path.join(os.tmpdir(), 'state-debug-')));
    const app = new DebugApp(path.join(parent, name), name);
    await cp(path.join(root(), 'media/example'), app.folder, { recursive: true });
    const environment = path.dirname(path.dirname(await python()));
    await symlink(environment, path.join(app.folder, '.venv'), 'junction');
    const variables = `PROCESSED=${app.#processed}\ninput=${name}-in\n`;
    await writeFile(path.join(app.folder, '.env'), variables);
    let source = await readFile(app.mainFile, 'utf8');
    for (const [from, to] of [...patches, ['"cpu-load-counter"', `"${name}"`] as const]) {
      assert.ok(source.includes(from), from);
      source = source.replace(from, to);
    }
    await writeFile(app.mainFile, source);
    return app;
  }

  get mainFile(): string {
    return path.join(this.folder, 'main.py');
  }

  get stateFolder(): string {
    return path.join(this.folder, 'state');
  }

  /** As `.env` names it to the app. */
  get #processed(): string {
    return path.join(this.folder, 'processed.txt');
  }

  /** Number, from 1, of the line that holds `text`. */
  async line(text: string): Promise<number> {
    const lines = (await readFile(this.mainFile, 'utf8')).split('\n');
    const at = lines.findIndex((line) => line.includes(text));
    assert.ok(at >= 0, text);
    return at + 1;
  }

  async breakAt(text: string, condition?: string): Promise<number> {
    const line = await this.line(text);
    const at = new vscode.Location(
      vscode.Uri.file(this.mainFile),
      new vscode.Position(line - 1, 0),
    );
    vscode.debug.addBreakpoints([new vscode.SourceBreakpoint(at, true, condition)]);
    return line;
  }

  /** What it processed so far, in order. */
  async processed(): Promise<Processed[]> {
    const text = await readFile(this.#processed, 'utf8').catch(() => '');
    return text
      .split('\n')
      .slice(0, -1)
      .map((line) => {
        const [offset, device, total] = line.split(' ');
        return { offset: Number(offset), device: device ?? '', total: Number(total) };
      });
  }

  async remove(): Promise<void> {
    await rm(path.dirname(this.folder), { recursive: true, force: true, maxRetries: 5 });
  }
}
