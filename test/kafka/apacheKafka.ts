// Apache Kafka itself, in KRaft mode, from Maven Central's jars. Needs Java 17 or newer, and mvn once.

import { execFile, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { cacheFolder, makeOnce } from '../cache.mjs';
import { freePort } from '../freePort';

const exec = promisify(execFile);
const pom = path.join(import.meta.dirname, 'pom.xml');
const flags = ['-Xmx256m', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'];

/** A broker that runs, with its data in a folder. */
export interface ApacheKafka {
  readonly address: string;
  stop(): Promise<void>;
}

/** The folder with its jars, kept in the cache. */
async function jars(): Promise<string> {
  const wanted = createHash('sha256')
    .update(await readFile(pom))
    .digest('hex');
  return makeOnce(path.join(cacheFolder, `apache-kafka-${wanted.slice(0, 12)}`), async (at) => {
    const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime'];
    const args = ['-q', '-B', '-f', pom, ...goal, `-DoutputDirectory=${at}`];
    await exec('mvn', args, { maxBuffer: 16 << 20, shell: process.platform === 'win32' });
  });
}

function properties(port: number, controllerPort: number, dataDir: string): string {
  return Object.entries({
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'controller.listener.names': 'CONTROLLER',
    'log.dirs': dataDir.replaceAll('\\', '/'),
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 1,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 1,
    'group.initial.rebalance.delay.ms': 0,
    'log.retention.ms': -1, // messages of the tests are older than a week
  })
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

/** Starts a new one in `folder`, on free ports of 127.0.0.1; gives it when it answers. */
export async function startApacheKafka(folder: string): Promise<ApacheKafka> {
  const classPath = path.join(await jars(), '*');
  const java = (main: string, ...args: string[]) => [...flags, '-cp', classPath, main, ...args];
  const [port, controllerPort] = [await freePort(), await freePort()];
  const file = path.join(folder, 'server.properties');
  const dataDir = path.join(folder, 'data');
  await mkdir(dataDir, { recursive: true });
  await writeFile(file, properties(port, controllerPort, dataDir));
  const cluster = randomBytes(16).toString('base64url');
  await exec('java', java('kafka.tools.StorageTool', 'format', '-t', `${cluster}`, '-c', file));
  const child = spawn('java', java('kafka.Kafka', file), { stdio: ['ignore', 'ignore', 'pipe'] });
  const exited = once(child, 'exit');
  const said: string[] = [];
  const lines = createInterface(child.stderr);
  const started = new Promise<void>((resolve, reject) => {
    lines.on('line', (line) => {
      said.push(line);
      if (said.length > 50) said.shift();
      if (/Kafka Server started/.test(line)) resolve();
    });
    child.on('exit', (code) => reject(new Error(`it ended with ${code}:\n${said.join('\n')}`)));
  });
  const stop = async () => {
    child.kill('SIGKILL'); // its data is deleted
    await exited;
  };
  try {
    await started;
  } catch (error) {
    await stop();
    throw error;
  }
  return { address: `127.0.0.1:${port}`, stop };
}
