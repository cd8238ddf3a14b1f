// A real VS Code from npm packages alone: code-server, which is VS Code's workbench and Node
// extension host behind a web server. Usage: node install.mjs [newest|oldest ...]
import { execFile } from 'node:child_process';
import { readdirSync, existsSync } from 'node:fs';
import { symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { cacheFolder, makeOnce } from '../../cache.mjs';

const exec = promisify(execFile);

/** code-server wants exactly that major of Node; `driver`: tests in the host need the smoke-test driver. */
export const versions = {
  newest: { codeServer: '4.139.1', vscode: '1.139.1', node: '24.21.0', driver: true },
  oldest: { codeServer: '4.103.2', vscode: '1.103.2', node: '22.23.3', driver: false },
};

/** Native modules without a prebuilt file in their package; each is worth a compiler run. */
const nativeModules = [
  '@vscode/spdlog',
  '@vscode/native-watchdog',
  '@vscode/fs-copyfile',
  'node-pty',
  '@parcel/watcher',
];

const platform = `${process.platform}-${process.arch}`;

/** Environment for a child that must not inherit this process's VS Code, npm, Node or Quix settings. */
export function cleanEnvironment() {
  const env = { ...process.env };
  for (const name of Object.keys(env)) {
    if (/^(VSCODE_|ELECTRON_|CODE_SERVER_|npm_|Quix__)/.test(name)) delete env[name];
  }
  for (const name of ['NODE_OPTIONS', 'NODE_PATH', 'PASSWORD', 'HASHED_PASSWORD', 'PORT']) {
    delete env[name];
  }
  return env;
}

async function run(command, args, options) {
  try {
    return await exec(command, args, { maxBuffer: 64 << 20, timeout: 900_000, ...options });
  } catch (error) {
    const tail = `${error.stdout ?? ''}${error.stderr ?? ''}`.split('\n').slice(-25).join('\n');
    const how = `${command} ${args.join(' ')} failed (${error.code ?? error.signal})`;
    throw new Error(`${how}\n${tail}`, { cause: error });
  }
}

function hasBinary(moduleFolder) {
  if (existsSync(path.join(moduleFolder, 'prebuilds', platform))) return true;
  const built = path.join(moduleFolder, 'build/Release');
  if (existsSync(built) && readdirSync(built).some((file) => file.endsWith('.node'))) return true;
  return existsSync(`${moduleFolder}-${platform}-glibc`); // @parcel/watcher's binary is a package
}

/** Quick open and findFiles need ripgrep; older versions would download it. */
async function linkRipgrep(server, folder) {
  const bin = path.join(server, 'node_modules/@vscode/ripgrep/bin');
  if (!existsSync(path.dirname(bin)) || existsSync(path.join(bin, 'rg'))) return;
  await symlink(path.join(folder, `node_modules/@vscode/ripgrep-${platform}/bin`), bin);
}

async function make(version, folder, log) {
  const npm = (args, cwd, env) =>
    run('npm', [...args, '--no-audit', '--no-fund', '--no-save'], { cwd, env });
  const node = `node-${platform}`;
  const started = Date.now();
  const step = (what) => log(`VS Code ${version.vscode}: ${what} (${Date.now() - started} ms)`);
  await writeFile(path.join(folder, 'package.json'), '{"private":true}');
  step('packages');
  await npm(
    [
      'install',
      '--ignore-scripts',
      `${node}@${version.node}`,
      `code-server@${version.codeServer}`,
      `@vscode/ripgrep-${platform}@1.18.0`,
    ],
    folder,
    cleanEnvironment(),
  );
  const env = {
    ...cleanEnvironment(),
    PATH: path.join(folder, 'node_modules', node, 'bin') + path.delimiter + process.env.PATH,
    npm_config_nodedir: path.join(folder, 'node_modules', node), // headers, else node-gyp downloads them
  };
  const server = path.join(folder, 'node_modules/code-server/lib/vscode');
  step("the server's packages");
  await npm(['install', '--ignore-scripts', '--omit=dev'], server, env);
  const modules = [...nativeModules.map((name) => [server, name]), [folder, 'argon2']];
  for (const [cwd, name] of modules) {
    const moduleFolder = path.join(cwd, 'node_modules', name);
    if (!existsSync(moduleFolder) || hasBinary(moduleFolder)) continue;
    step(`building ${name}`);
    try {
      await npm(['rebuild', name], cwd, env);
    } catch (error) {
      if (!hasBinary(moduleFolder)) throw error; // a post-install script may fail after a good build
    }
  }
  const archive = path.join(server, 'node_modules.asar');
  if (!version.driver && !existsSync(archive)) await symlink('node_modules', archive);
  await linkRipgrep(server, folder);
  step('done');
}

/**
 * Brings VS Code into the cache unless it is there. `which` is a key of `versions`.
 * Gives { version, node, entry }: the Node to run it with and its main file.
 */
export async function installVSCode(which, log = () => {}) {
  const version = versions[which];
  const folder = await makeOnce(path.join(cacheFolder, `code-server-${version.codeServer}`), (at) =>
    make(version, at, log),
  );
  return {
    version,
    node: path.join(folder, `node_modules/node-${platform}/bin/node`),
    entry: path.join(folder, 'node_modules/code-server/out/node/entry.js'),
  };
}

async function main() {
  const which = process.argv[2] === undefined ? Object.keys(versions) : process.argv.slice(2);
  for (const name of which) {
    const { version, node, entry } = await installVSCode(name, console.error);
    const { stdout } = await run(node, [entry, '--version'], { env: cleanEnvironment() });
    console.log(`${version.vscode}: ${stdout.trim()}`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  main().catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
