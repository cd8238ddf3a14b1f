import assert from 'node:assert/strict';
import { chmod, mkdir, realpath, symlink, writeFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import {
  brokerAnswers,
  findInterpreter,
  installCommands,
  launchConfiguration,
  NoInterpreterError,
  parseAddress,
  readApplicationCode,
  stateFolderCandidates,
  stateFolderOf,
  TooOldQuixStreamsError,
  type Application,
} from '../../src/app/index';
import { isBefore } from '../../src/app/quixStreamsVersion';
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

describe('launchConfiguration', () => {
  const interpreter = { command: 'py', args: ['-3'], version: '3.28.1' };
  const variables = {
    values: {},
    added: { input: 'cpu' },
    removed: [],
    secret: new Set<string>(),
    missing: [],
  };

  it('enables state as the platform does, and never claims to be a deployment', () =>
    withApp({}, async (application) => {
      const launch = launchConfiguration(application, {
        interpreter,
        variables,
        code: await readApplicationCode(application),
        stateFolder: '/s',
        broker: { kind: 'local', address: '127.0.0.1:1' },
      });
      assert.deepEqual(launch, {
        command: 'py',
        args: ['-3', application.mainFile],
        cwd: application.folder,
        env: {
          input: 'cpu',
          PYTHONUNBUFFERED: '1',
          Quix__Deployment__State__Enabled: 'true',
          Quix__Deployment__State__Path: '/s',
          Quix__Broker__Address: '127.0.0.1:1',
        },
      });
      assert.ok(!('Quix__Deployment__Id' in launch.env));
    }));

  it('tells the variables that the code reads in place of the library', () => {
    const code =
      'app = Application(os.getenv("BROKER", "kafka:9092"), consumer_group=os.environ["GROUP"], state_dir=os.getenv("DIR"))';
    return withApp({ 'app/main.py': code }, async (application) => {
      const launch = launchConfiguration(application, {
        interpreter,
        variables,
        configuration: { consumerGroup: 'mine', stateDir: '/s', args: ['--x'], cwd: 'sub' },
        code: await readApplicationCode(application),
        stateFolder: '/s',
        broker: { kind: 'local', address: '127.0.0.1:1' },
      });
      const { BROKER, GROUP, DIR, Quix__Consumer_Group } = launch.env;
      assert.deepEqual(
        [BROKER, GROUP, DIR, Quix__Consumer_Group],
        ['127.0.0.1:1', 'mine', '/s', 'mine'],
      );
      assert.deepEqual(launch.args, ['-3', application.mainFile, '--x']);
      assert.equal(launch.cwd, path.join(application.folder, 'sub'));
    });
  });
});

describe('launchConfiguration, for older versions', () => {
  const launched = (version: string, code: string) =>
    withApp({ 'app/main.py': code }, async (application) =>
      launchConfiguration(application, {
        interpreter: { command: 'python', args: [], version },
        variables: { values: {}, added: {}, removed: ['A'], secret: new Set(), missing: [] },
        code: await readApplicationCode(application),
        stateFolder: '/s',
        broker: { kind: 'own', address: undefined },
      }),
    );

  it('names the state folder as they heed it', async () => {
    for (const version of ['3.14.0', '3.23.1']) {
      assert.equal((await launched(version, '')).env['Quix__State__Dir'], '/s', version);
    }
    for (const version of ['3.23.2', '3.28.1', '4.0.0a6']) {
      assert.ok(!('Quix__State__Dir' in (await launched(version, '')).env), version);
    }
  });

  it('gives the folder to the variable that the code cannot do without, and takes others away', async () => {
    const launch = await launched('3.28.1', 'Application("k:1", state_dir=os.environ["DIR"])');
    assert.equal(launch.env['DIR'], '/s');
    assert.ok(!('Quix__Broker__Address' in launch.env));
    assert.deepEqual(launch.removed, ['A']);
  });

  it('orders versions as people do', () => {
    const before = ['0.5.7', '2.5.1', '2.6', 'x', ''].filter((one) => isBefore(one, [2, 6, 0]));
    assert.deepEqual(before, ['0.5.7', '2.5.1', 'x', '']);
    assert.ok(!isBefore('2.10.0', [2, 6, 0]));
  });
});

describe('installCommands', () => {
  it('makes .venv, then installs what the app lists and quixstreams, each by one command', () =>
    withApp({ 'app/requirements.txt': 'quixstreams\n' }, async (application) => {
      const commands = await installCommands(application);
      const environment = path.join(application.folder, '.venv');
      assert.equal(commands.length, 2);
      const [make, install] = commands.map(({ command, args }) => [command, ...args]);
      assert.equal(make?.at(-1), environment);
      const requirements = path.join(application.folder, 'requirements.txt');
      assert.deepEqual(install?.slice(-3), ['-r', requirements, 'quixstreams>=2.6.0']);
      assert.ok(install?.some((word) => word.startsWith(environment)));
      assert.ok(commands.every(({ cwd }) => cwd === application.folder));
    }));

  it('makes no second one, and lists nothing where nothing is listed', () =>
    withApp(
      { 'app/.venv/bin/python': '', 'app/.venv/Scripts/python.exe': '' },
      async (application) => {
        const commands = await installCommands(application);
        assert.equal(commands.length, 1);
        assert.ok(!commands[0]?.args.includes('-r'));
      },
    ));
});

describe('findInterpreter', function () {
  this.timeout(120_000);

  it('takes the first environment above the app, inside the workspace, that has quixstreams', () =>
    withApp({ 'app/venv/bin/python': 'not executable' }, async (application, workspace) => {
      const environment = path.dirname(path.dirname(await python()));
      await symlink(environment, path.join(workspace, '.venv'), 'junction');
      const told: string[] = [];
      const found = await findInterpreter(application, {
        workspaceFolder: workspace,
        preferred: [path.join(workspace, 'gone/bin/python')],
        tell: (line) => told.push(line),
      });
      assert.ok(found.command.startsWith(path.join(workspace, '.venv')), found.command);
      assert.equal(found.version, '3.28.1');
      assert.equal(told.length, 3);
      assert.match(told[0] ?? '', /not .*gone.*not here/);
      assert.match(told[1] ?? '', /not .*venv/);
    }));

  it('tells one that is too old from one that has none', async () => {
    // Another library of that name: what pip leaves of a distribution, without its code.
    const metadata = 'Metadata-Version: 2.1\nName: quixstreams\nVersion: 0.5.7\n';
    const files = { 'site/quixstreams-0.5.7.dist-info/METADATA': metadata, 'bin/keep': '' };
    await withApp(files, async (application, workspace) => {
      const wrapper = path.join(workspace, 'bin/python');
      const interpreter = await realpath(await python());
      const site = path.join(workspace, 'site');
      await writeFile(wrapper, `#!/bin/sh\nPYTHONPATH='${site}' exec '${interpreter}' -S "$@"\n`);
      await chmod(wrapper, 0o755);
      await assert.rejects(
        findInterpreter(application, {
          workspaceFolder: workspace,
          preferred: [wrapper],
          tell: () => undefined,
        }),
        (error) =>
          error instanceof TooOldQuixStreamsError &&
          error.version === '0.5.7' &&
          error.needed === '2.6.0',
      );
    });
  });

  it('names what it tried where none has it', async () => {
    const before = process.env.PATH;
    await withApp({}, async (application, workspace) => {
      const empty = path.join(workspace, 'empty');
      await mkdir(empty);
      process.env.PATH = empty;
      try {
        await assert.rejects(
          findInterpreter(application, {
            workspaceFolder: workspace,
            preferred: [],
            tell: () => undefined,
          }),
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
