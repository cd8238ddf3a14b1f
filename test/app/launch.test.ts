import assert from 'node:assert/strict';
import { mkdir, symlink } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import {
  brokerAnswers,
  brokerOf,
  environmentOf,
  findInterpreter,
  launchConfiguration,
  NoInterpreterError,
  parseAddress,
  stateFolderCandidates,
  stateFolderOf,
  type Application,
} from '../../src/app/index';
import { python } from '../python.mjs';
import { fileTree } from './fileTree';

async function withApp<T>(
  files: Record<string, string>,
  use: (application: Application, workspace: string) => Promise<T>,
): Promise<T> {
  const { folder, remove } = await fileTree({ 'app/main.py': '', ...files });
  const at = path.join(folder, 'app');
  try {
    return await use({ name: 'app', folder: at, mainFile: path.join(at, 'main.py') }, folder);
  } finally {
    await remove();
  }
}

describe('stateFolderOf', () => {
  const cases: [string, Record<string, string>, string][] = [
    ['', {}, 'state'],
    ['Application(state_dir="data/st")', {}, 'data/st'],
    ["Application(state_dir=Path('x'))", {}, 'x'],
    ['Application(state_dir=os.getenv("DIR", "y"))', {}, 'y'],
    ['Application(state_dir="z")', { Quix__Deployment__State__Path: '/app/state' }, 'z'],
    ['', { Quix__Deployment__State__Path: 'p', Quix__State__Dir: 'q' }, 'p'],
    ['', { Quix__State__Dir: 'q' }, 'q'],
  ];
  for (const [code, environment, expected] of cases) {
    it(`is ${expected} for ${JSON.stringify([code, environment])}`, () =>
      withApp({ 'app/main.py': code }, async (application) => {
        assert.equal(
          await stateFolderOf(application, environment),
          path.resolve(application.folder, expected),
        );
      }));
  }

  it('has its candidates in the app and in the workspace', () =>
    withApp({}, async (application, workspace) => {
      assert.deepEqual(await stateFolderCandidates(application, workspace, {}), [
        path.join(workspace, 'app/state'),
        path.join(workspace, 'state'),
      ]);
    }));
});

describe('environmentOf', () => {
  it('lays .env over what was inherited', () =>
    withApp({ 'app/.env': 'Quix__Broker__Address=b:1\nX="1 2"\n' }, async (application) => {
      const environment = await environmentOf(application, { X: '0', Y: '3' });
      assert.deepEqual({ ...environment }, { X: '1 2', Y: '3', Quix__Broker__Address: 'b:1' });
      assert.equal(brokerOf(environment), 'b:1');
      assert.equal(brokerOf({ Quix__Broker__Address: ' ' }), undefined);
    }));
});

describe('launchConfiguration', () => {
  it('enables state as the platform does, and never claims to be a deployment', () =>
    withApp({}, async (application) => {
      const interpreter = { command: 'py', args: ['-3'], version: '3.28.1' };
      const launch = launchConfiguration(application, interpreter, '/s', '127.0.0.1:1');
      assert.deepEqual(launch, {
        command: 'py',
        args: ['-3', application.mainFile],
        cwd: application.folder,
        env: {
          PYTHONUNBUFFERED: '1',
          Quix__Deployment__State__Enabled: 'true',
          Quix__Deployment__State__Path: '/s',
          Quix__Broker__Address: '127.0.0.1:1',
        },
      });
      assert.ok(!('Quix__Deployment__Id' in launch.env));
    }));
});

describe('findInterpreter', function () {
  this.timeout(120_000);

  it('takes the first environment above the app, inside the workspace, that has quixstreams', () =>
    withApp({ 'app/venv/bin/python': 'not executable' }, async (application, workspace) => {
      const environment = path.dirname(path.dirname(await python()));
      await symlink(environment, path.join(workspace, '.venv'), 'junction');
      const told: string[] = [];
      const found = await findInterpreter(application, workspace, (line) => told.push(line));
      assert.ok(found.command.startsWith(path.join(workspace, '.venv')), found.command);
      assert.equal(found.version, '3.28.1');
      assert.equal(told.length, 2);
      assert.match(told[0] ?? '', /not .*venv/);
    }));

  it('names what it tried where none has it', async () => {
    const before = process.env.PATH;
    await withApp({}, async (application, workspace) => {
      const empty = path.join(workspace, 'empty');
      await mkdir(empty);
      process.env.PATH = empty;
      try {
        await assert.rejects(
          findInterpreter(application, workspace, () => undefined),
          (error) => error instanceof NoInterpreterError && error.tried.length === 0,
        );
      } finally {
        process.env.PATH = before;
      }
    });
  });
});

describe('probing a broker', () => {
  it('reads addresses', () => {
    assert.deepEqual(parseAddress('localhost:9092'), { host: 'localhost', port: 9092 });
    assert.deepEqual(parseAddress('[::1]:1'), { host: '::1', port: 1 });
    for (const bad of ['', 'localhost', 'a:0', 'a:70000', 'a b:1']) {
      assert.equal(parseAddress(bad), undefined);
    }
  });

  it('does not take another program, or nothing, for a broker', async () => {
    const server = net.createServer((socket) =>
      socket.resume().end('HTTP/1.1 400 Bad Request\r\n\r\n'),
    );
    server.listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as net.AddressInfo;
    assert.equal(await brokerAnswers(`127.0.0.1:${port}`), false);
    await new Promise((resolve) => server.close(resolve));
    assert.equal(await brokerAnswers(`127.0.0.1:${port}`), false);
  });
});
