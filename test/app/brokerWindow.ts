import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';

const root = path.resolve(import.meta.dirname, '../..');
const programFolder = path.join(root, 'dist/broker');

/** A process of its own that uses the local broker, as a window does. */
export interface BrokerWindow {
  readonly process: ChildProcess;
  /** of the broker that it uses */
  readonly address: string;
}

/** Starts one; `folder` is for its program. */
export async function startWindow(folder: string, dataDir: string): Promise<BrokerWindow> {
  const outfile = path.join(folder, 'window.cjs');
  await build({
    stdin: {
      contents: `import { LocalBroker } from './src/app/broker/localBroker';
        const broker = new LocalBroker(
          { programFolder: ${JSON.stringify(programFolder)}, dataDir: ${JSON.stringify(dataDir)}, port: 0 },
          () => {},
        );
        void broker.acquire().then(console.log);
        setInterval(() => {}, 1000);`,
      resolveDir: root,
    },
    bundle: true,
    platform: 'node',
    outfile,
    logLevel: 'error',
  });
  const child = spawn(process.execPath, [outfile], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const { value } = (await lines.next()) as { value?: string };
  if (value === undefined) throw new Error('the window ended');
  return { process: child, address: value };
}

/** Ends one as a crash does. */
export async function killWindow(window: BrokerWindow): Promise<void> {
  const { process: child } = window;
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}
