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
const { commandIds, contextKeys, settingIds, stateViewId, containerId, valueScheme } =
  contributions;
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

  it('has one view in one container, with icon and contextual title', () => {
    assert.deepEqual(
      contributes.viewsContainers.activitybar.map(({ id }) => id),
      [containerId],
    );
    const views = contributes.views[containerId] ?? [];
    assert.deepEqual(
      views.map(({ id }) => id),
      [stateViewId],
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
    const known = new Set<string>([...Object.values(contextKeys), stateViewId]);
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
      commandIds.copyBrokerAddress,
      commandIds.openStateFolder,
      commandIds.refresh,
      commandIds.runAppWithState,
      commandIds.showLog,
      commandIds.startLocalBroker,
      commandIds.stopApp,
      commandIds.stopLocalBroker,
    ]);
  });

  it('offers what runs only in a trusted workspace', () => {
    const running: string[] = [
      commandIds.runAppWithState,
      commandIds.stopApp,
      commandIds.startLocalBroker,
      commandIds.stopLocalBroker,
    ];
    const items = allMenuItems.filter(({ command }) => running.includes(command));
    assert.ok(items.length >= 10);
    for (const { command, when } of items) assert.match(when ?? '', /isWorkspaceTrusted/, command);
  });

  it('has at most three inline icons on a row, each with an icon', () => {
    const inline = (contributes.menus['view/item/context'] ?? []).filter(({ group }) =>
      group?.startsWith('inline'),
    );
    const icons = new Map(contributes.commands.map(({ command, icon }) => [command, icon]));
    for (const { command } of inline) assert.ok(icons.get(command), command);
    for (const row of ['app', 'app running', 'entry', 'partition live', 'store', 'more']) {
      const shown = inline.filter(({ when }) => {
        const patterns = [...(when ?? '').matchAll(/viewItem =~ \/(.*?)\/(?: |$)/g)];
        return patterns.every(([, pattern]) => new RegExp(pattern ?? '').test(row));
      });
      assert.ok(shown.length <= 3, row);
      if (row.startsWith('app')) {
        assert.deepEqual(
          shown.map(({ command }) => command),
          [row === 'app' ? commandIds.runAppWithState : commandIds.stopApp],
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
    assert.deepEqual([...restrictedConfigurations].sort(), Object.values(settingIds).sort());
  });

  it('runs beside the files, and wakes for its view, its commands and its documents only', () => {
    assert.deepEqual(manifest.extensionKind, ['workspace']);
    assert.equal(manifest.capabilities.virtualWorkspaces.supported, false);
    assert.deepEqual(manifest.activationEvents, [`onFileSystem:${valueScheme}`]);
  });

  it('welcomes those without folder, without app, without state and without trust', () => {
    const { viewsWelcome } = contributes;
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
    for (const { view, when } of viewsWelcome) {
      assert.equal(view, stateViewId);
      assert.match(when, /^stateFolder\.scanned && /);
    }
  });
});
