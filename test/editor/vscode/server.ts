import { execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { cacheFolder } from '../../cache.mjs';
import { cleanEnvironment, installVSCode, type Installed, type Which } from './install.mjs';
import { endTree, guard } from './processTree';

const exec = promisify(execFile);

/** A quiet workbench: no welcome, no chat, no updates, nothing that would ask another host. */
const quietSettings = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.enableExperiments': false,
  'workbench.editor.useModal': 'off',
  'workbench.hover.delay': 1200,
  'chat.disableAIFeatures': true,
  'chat.commandCenter.enabled': false,
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'git.enabled': false,
  'git.openRepositoryInParentFolders': 'never',
  'npm.autoDetect': 'off',
  'gulp.autoDetect': 'off',
  'grunt.autoDetect': 'off',
  'jake.autoDetect': 'off',
  'remote.autoForwardPorts': false,
  'files.simpleDialog.enable': true,
  'window.commandCenter': false,
  'editor.accessibilitySupport': 'off',
  'terminal.integrated.gpuAcceleration': 'off',
};

export interface ServerOptions {
  which?: Which;
  /** user settings on top of the quiet ones */
  settings?: Record<string, unknown>;
  /** packed extensions to install */
  vsix?: readonly string[];
  /** folders of extensions that are not packed; each is linked into the profile */
  unpacked?: readonly string[];
  /** VS Code's smoke-test driver; it suppresses toasts and modal dialogs */
  driver?: boolean;
  /** workspace trust on: folders open in Restricted Mode until trusted. Default: off, all are trusted */
  trust?: boolean;
  env?: NodeJS.ProcessEnv;
  log?: (line: string) => void;
}

/** What the workbench opens with. */
export interface WorkbenchContent {
  /** a folder or a .code-workspace file; undefined: an empty window */
  workspace?: string;
  /** folder of the extension under development */
  extension?: string;
  /** module with `run()`, called in the extension host */
  tests?: string;
}

/** A VS Code on 127.0.0.1 with a profile of its own in a temporary folder. */
export interface VSCodeServer {
  readonly url: string;
  readonly installed: Installed;
  /** temporary; removed by `stop` */
  readonly folder: string;
  workbenchUrl(content: WorkbenchContent): string;
  /** what the server printed so far */
  output(): string;
  stop(): Promise<void>;
}

/** Settings that belong to the machine with the workspace: a remote one does not take them from the person's own. */
const machineSettings = ['stateFolder.localBroker.port'];

async function makeProfile(folder: string, options: ServerOptions): Promise<string[]> {
  const user = path.join(folder, 'u');
  await mkdir(path.join(user, 'User'), { recursive: true });
  await mkdir(path.join(user, 'Machine'));
  await mkdir(path.join(folder, 'e'));
  const settings = {
    ...quietSettings,
    'security.workspace.trust.enabled': options.trust === true,
    ...options.settings,
  };
  const ofMachine = Object.entries(settings).filter(([name]) => machineSettings.includes(name));
  const machineFile = path.join(user, 'Machine/settings.json');
  await writeFile(machineFile, JSON.stringify(Object.fromEntries(ofMachine), undefined, 1));
  for (const extension of options.unpacked ?? []) {
    const text = await readFile(path.join(extension, 'package.json'), 'utf8');
    const { publisher, name, version } = JSON.parse(text) as Record<string, string>;
    await symlink(extension, path.join(folder, 'e', `${publisher}.${name}-${version}`));
  }
  await writeFile(path.join(user, 'User/settings.json'), JSON.stringify(settings, undefined, 1));
  return ['--user-data-dir', user, '--extensions-dir', path.join(folder, 'e')];
}

/** Starts a server on a free port; it ends with `stop`, or when this process ends. */
export async function startServer(options: ServerOptions = {}): Promise<VSCodeServer> {
  const installed = await installVSCode(options.which ?? 'newest', options.log);
  const folder = await mkdtemp(path.join(os.tmpdir(), 'sf-')); // short: unix sockets live in it
  const env = {
    ...cleanEnvironment(),
    XDG_CONFIG_HOME: path.join(folder, 'config'),
    XDG_DATA_HOME: path.join(folder, 'data'),
    XDG_CACHE_HOME: path.join(folder, 'cache'),
    STATE_FOLDER_CACHE: cacheFolder,
    EXTENSIONS_GALLERY: '{}',
    DO_NOT_TRACK: '1',
    ...options.env,
  };
  const common = await makeProfile(folder, options);
  for (const vsix of options.vsix ?? []) {
    const args = [installed.entry, ...common, '--install-extension', path.resolve(vsix)];
    await exec(installed.node, args, { env, timeout: 120_000 });
  }
  const args = [
    installed.entry,
    ...common,
    '--config',
    path.join(folder, 'config.yaml'),
    '--auth',
    'none',
    '--bind-addr',
    '127.0.0.1:0',
    '--disable-telemetry',
    '--disable-update-check',
    '--disable-getting-started-override',
    '--disable-proxy',
  ];
  if (options.trust !== true) args.push('--disable-workspace-trust');
  if (options.driver === true && installed.version.driver) {
    args.push('--vscode-option', 'enable-smoke-test-driver');
  }
  const child = spawn(installed.node, args, {
    env,
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const release = guard(child, folder);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data: Buffer) => (output += data.toString()));
  }
  const stop = async () => {
    await endTree(child);
    release();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };

  const listening = /HTTP server listening on (http:\/\/127\.0\.0\.1:\d+)/;
  const deadline = Date.now() + 60_000;
  let url: string | undefined;
  while ((url = listening.exec(output)?.[1]) === undefined) {
    if (child.exitCode !== null || Date.now() > deadline) {
      await stop();
      throw new Error(`VS Code's server did not start:\n${output}`);
    }
    await delay(50);
  }
  const remote = (file: string) =>
    `vscode-remote://${new URL(url).host}${pathToFileURL(path.resolve(file)).pathname}`;
  return {
    url,
    installed,
    folder,
    output: () => output,
    stop,
    workbenchUrl({ workspace, extension, tests }) {
      const payload = [
        ['skipWelcome', 'true'],
        ['skipReleaseNotes', 'true'],
      ];
      if (extension !== undefined) payload.push(['extensionDevelopmentPath', remote(extension)]);
      if (tests !== undefined) payload.push(['extensionTestsPath', remote(tests)]);
      const result = new URL(url);
      if (workspace === undefined) result.searchParams.set('ew', 'true');
      else {
        const kind = workspace.endsWith('.code-workspace') ? 'workspace' : 'folder';
        result.searchParams.set(kind, path.resolve(workspace));
      }
      result.searchParams.set('payload', JSON.stringify(payload));
      return result.href;
    },
  };
}
