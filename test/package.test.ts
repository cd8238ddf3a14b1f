import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as contributions from '../src/ui/contributions';

interface MenuItem {
  command: string;
  when?: string;
  group?: string;
}
interface Manifest {
  activationEvents: string[];
  capabilities: {
    untrustedWorkspaces: { supported: string; restrictedConfigurations: string[] };
    virtualWorkspaces: { supported: boolean };
  };
  extensionKind: string[];
  contributes: {
    viewsContainers: { activitybar: { id: string; icon: string }[] };
    views: Record<string, { id: string; icon: string; contextualTitle: string }[]>;
    viewsWelcome: { view: string; contents: string; when: string }[];
    commands: { command: string; title: string; category: string; icon?: string }[];
    menus: Record<string, MenuItem[]>;
    breakpoints: { language: string }[];
    debuggers: {
      type: string;
      languages: string[];
      configurationAttributes: Record<
        'launch' | 'attach',
        { properties: Record<string, { markdownDescription: string }> }
      >;
      configurationSnippets: { body: Record<string, unknown> }[];
    }[];
    keybindings: { command: string; key: string; when: string }[];
    configuration: { properties: Record<string, { scope: string; default: unknown }> };
  };
}

const root = path.resolve(import.meta.dirname, '..');
const source = readFileSync(path.join(root, 'package.json'), 'utf8');
const manifest = JSON.parse(source) as Manifest;
const texts = JSON.parse(readFileSync(path.join(root, 'package.nls.json'), 'utf8')) as Record<
  string,
  string
>;
const {
  commandIds,
  contextKeys,
  debugType,
  fileScheme,
  messagesScheme,
  settingIds,
  stateViewId,
  topicsViewId,
  containerId,
  storeScheme,
  valueScheme,
} = contributions;
const { contributes } = manifest;
const text = (id: string) => texts[id.slice(1, -1)] ?? id;
const allMenuItems = Object.values(contributes.menus).flat();

/** `Run App with State` → `runAppWithState` */
function camelCase(title: string): string {
  const words = title.replace(/[^A-Za-z0-9 ]/g, '').split(' ');
  return words
    .map((word, i) => {
      const rest = word.slice(1).toLowerCase();
      return (i === 0 ? word[0]?.toLowerCase() : word[0]?.toUpperCase()) + rest;
    })
    .join('');
}

describe('package.json', () => {
  it('contributes exactly the commands that the code knows', () => {
    assert.deepEqual(
      contributes.commands.map(({ command }) => command).sort(),
      Object.values(commandIds).sort(),
    );
  });

  it('names a command by its title in camelCase, with the category', () => {
    for (const { command, title, category } of contributes.commands) {
      assert.equal(command, `stateFolder.${camelCase(text(title))}`);
      assert.equal(text(category), 'State Folder');
    }
  });

  it('takes every sentence from package.nls.json, which holds no other', () => {
    const used = new Set([...source.matchAll(/"%([\w.]+)%"/g)].map((match) => match[1]));
    assert.deepEqual([...used].sort(), Object.keys(texts).sort());
    for (const { title } of contributes.commands) assert.match(title, /^%.*%$/);
  });

  it('has its views in one container, with icon and contextual title', () => {
    assert.deepEqual(
      contributes.viewsContainers.activitybar.map(({ id }) => id),
      [containerId],
    );
    const views = contributes.views[containerId] ?? [];
    assert.deepEqual(
      views.map(({ id }) => id),
      [stateViewId, topicsViewId],
    );
    for (const { icon, contextualTitle } of views) {
      assert.ok(existsSync(path.join(root, icon)));
      assert.ok(text(contextualTitle) !== '');
    }
  });

  it('has menus, keys and welcome buttons for its own commands only', () => {
    const ids = new Set<string>(Object.values(commandIds));
    for (const { command } of [...allMenuItems, ...contributes.keybindings]) {
      assert.ok(ids.has(command), command);
    }
    for (const { contents } of contributes.viewsWelcome) {
      for (const [, command] of text(contents).matchAll(/\(command:([\w.]+)\)/g)) {
        assert.ok(command !== undefined);
        assert.ok(ids.has(command) || /^(vscode|workbench)\./.test(command), command);
      }
    }
  });

  it('uses no context key that the code does not set', () => {
    const known = new Set<string>([...Object.values(contextKeys), stateViewId, topicsViewId]);
    const clauses = [
      ...allMenuItems.map(({ when }) => when ?? ''),
      ...contributes.keybindings.map(({ when }) => when),
      ...contributes.viewsWelcome.map(({ when }) => when),
    ].join('\n');
    for (const [key] of clauses.matchAll(/stateFolder\.\w+/g)) assert.ok(known.has(key), key);
  });

  it('hides the commands of rows from the palette', () => {
    const palette = new Map(contributes.menus['commandPalette']?.map((i) => [i.command, i.when]));
    const inPalette = Object.values(commandIds).filter((id) => palette.get(id) !== 'false');
    assert.deepEqual(inPalette.sort(), [
      commandIds.changeStateSize,
      commandIds.checkStateFolder,
      commandIds.copyBrokerAddress,
      commandIds.debugAppWithState,
      commandIds.disableState,
      commandIds.enableState,
      commandIds.filterKeys,
      commandIds.goToKey,
      commandIds.openStateFolder,
      commandIds.refresh,
      commandIds.resetLocalBroker,
      commandIds.restartApp,
      commandIds.runAppWithState,
      commandIds.sendTestMessage,
      commandIds.showDiskUsage,
      commandIds.showFailedMessage,
      commandIds.showLog,
      commandIds.showMessages,
      commandIds.showRocksdbFiles,
      commandIds.startLocalBroker,
      commandIds.stopApp,
      commandIds.stopLocalBroker,
      commandIds.verifyStore,
    ]);
  });

  it('offers what runs only in a trusted workspace', () => {
    const running: string[] = [
      commandIds.runAppWithState,
      commandIds.debugAppWithState,
      commandIds.stopApp,
      commandIds.restartApp,
      commandIds.startLocalBroker,
      commandIds.stopLocalBroker,
      commandIds.resetLocalBroker,
      commandIds.sendTestMessage,
      commandIds.sendMessages,
      commandIds.sendAtARate,
      commandIds.replayFile,
      commandIds.enableState,
      commandIds.changeStateSize,
      commandIds.disableState,
    ];
    const items = allMenuItems.filter(
      ({ command, when }) => running.includes(command) && when !== 'false',
    );
    assert.ok(items.length >= 10);
    for (const { command, when } of items) assert.match(when ?? '', /isWorkspaceTrusted/, command);
  });

  it('has one debug type, with every attribute described, and breakpoints in Python files', () => {
    const [debugger_, ...others] = contributes.debuggers;
    assert.ok(debugger_);
    assert.deepEqual(others, []);
    assert.equal(debugger_.type, debugType);
    assert.deepEqual(debugger_.languages, ['python']);
    const { launch, attach } = debugger_.configurationAttributes;
    assert.deepEqual(Object.keys(launch.properties).sort(), [
      'args',
      'broker',
      'consumerGroup',
      'cwd',
      'env',
      'envFile',
      'justMyCode',
      'program',
      'python',
      'replicas',
      'stateDir',
    ]);
    for (const { properties } of [launch, attach]) {
      for (const [name, { markdownDescription }] of Object.entries(properties)) {
        assert.ok(text(markdownDescription) !== markdownDescription, name);
      }
    }
    const known = Object.keys({ ...launch.properties, ...attach.properties });
    for (const { body } of debugger_.configurationSnippets) {
      const own = Object.keys(body).filter((key) => !['type', 'request', 'name'].includes(key));
      assert.deepEqual(
        own.filter((key) => !known.includes(key)),
        [],
      );
      assert.equal(body['type'], debugType);
    }
    assert.deepEqual(contributes.breakpoints, [{ language: 'python' }]);
  });

  it('has at most three inline icons on a row, each with an icon', () => {
    const inline = (contributes.menus['view/item/context'] ?? []).filter(({ group }) =>
      group?.startsWith('inline'),
    );
    const icons = new Map(contributes.commands.map(({ command, icon }) => [command, icon]));
    for (const { command } of inline) assert.ok(icons.get(command), command);
    for (const row of ['app', 'app running', 'entry', 'partition live', 'store filtered', 'more']) {
      const shown = inline.filter(({ when }) => {
        const patterns = [...(when ?? '').matchAll(/viewItem =~ \/(.*?)\/(?: |$)/g)];
        const inView = when?.includes(`view == ${stateViewId}`) === true;
        return inView && patterns.every(([, pattern]) => new RegExp(pattern ?? '').test(row));
      });
      assert.ok(shown.length <= 3, row);
      if (row.startsWith('app')) {
        assert.deepEqual(
          shown.map(({ command }) => command),
          row === 'app'
            ? [commandIds.runAppWithState, commandIds.debugAppWithState]
            : [commandIds.stopApp, commandIds.restartApp],
        );
      }
    }
  });

  it('has the settings that the code reads, those that name paths and brokers restricted', () => {
    const { properties } = contributes.configuration;
    assert.deepEqual(Object.keys(properties).sort(), Object.values(settingIds).sort());
    assert.equal(properties[settingIds.folders]?.scope, 'resource');
    assert.deepEqual(properties[settingIds.folders]?.default, []);
    assert.equal(properties[settingIds.localBrokerPort]?.scope, 'machine-overridable');
    assert.equal(properties[settingIds.localBrokerPort]?.default, 19092);
    const { supported, restrictedConfigurations } = manifest.capabilities.untrustedWorkspaces;
    assert.equal(supported, 'limited');
    assert.equal(properties[settingIds.openAs]?.scope, 'resource');
    assert.deepEqual(properties[settingIds.openAs]?.default, {});
    // What values are opened as is only read, schemas too: it counts in Restricted Mode.
    assert.deepEqual(
      [...restrictedConfigurations].sort(),
      [settingIds.folders, settingIds.localBrokerPort].sort(),
    );
  });

  it('runs beside the files, and wakes for its view, its commands, its documents, quix.yaml and its debug type only', () => {
    assert.deepEqual(manifest.extensionKind, ['workspace']);
    assert.equal(manifest.capabilities.virtualWorkspaces.supported, false);
    assert.deepEqual(manifest.activationEvents, [
      `onFileSystem:${valueScheme}`,
      `onFileSystem:${fileScheme}`,
      `onFileSystem:${storeScheme}`,
      `onFileSystem:${messagesScheme}`,
      `onDebugResolve:${debugType}`,
      'onDebugInitialConfigurations',
      `onDebugDynamicConfigurations:${debugType}`,
      'onLanguage:yaml', // a quix.yaml; there is no event for its name
    ]);
  });

  it('welcomes those without folder, without app, without state and without trust', () => {
    const viewsWelcome = contributes.viewsWelcome.filter(({ view }) => view === stateViewId);
    const first = (contents: string) => text(contents).split('\n')[0];
    assert.deepEqual(
      viewsWelcome.map(({ contents }) => first(contents)),
      [
        'Open the folder of your Quix Streams app to see its state.',
        'No Quix Streams app and no state folder found here.',
        'No state yet. The app makes its state folder at its first stateful message.',
        'No state yet. The app makes its state folder at its first stateful message.',
      ],
    );
    for (const { when } of viewsWelcome) assert.match(when, /^stateFolder\.scanned && /);
  });
});
