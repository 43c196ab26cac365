/** The manifest and the code agree. */
import assert from 'node:assert/strict';
import { readFileSync, existsSync } from 'node:fs';
import path from 'node:path';
import { states } from '../../src/shared/states';
import { welcomes } from '../../src/shared/welcomes';
import { commandIds, viewIds } from '../../src/views/shared/ids';

const root = process.cwd();
const text = (file: string): string => readFileSync(path.join(root, file), 'utf8');
const manifest = JSON.parse(text('package.json')) as {
  name: string;
  publisher: string;
  engines: { vscode: string };
  icon: string;
  extensionKind: string[];
  devDependencies: Record<string, string>;
  dependencies: Record<string, string>;
  capabilities: {
    untrustedWorkspaces: { supported: string; restrictedConfigurations: string[] };
    virtualWorkspaces: { supported: boolean };
  };
  contributes: {
    commands: { command: string }[];
    views: { skyrl: { id: string }[] };
    viewsWelcome: { contents: string; when: string }[];
    menus: Record<string, { command: string }[]>;
    configuration: { properties: Record<string, unknown> };
  };
};
const nls = JSON.parse(text('package.nls.json')) as Record<string, string>;
const { contributes } = manifest;
const settings = Object.keys(contributes.configuration.properties);

describe('The manifest', () => {
  it('declares exactly the commands and views that the code has', () => {
    assert.deepEqual(contributes.commands.map(({ command }) => command).sort(), Object.values(commandIds).sort());
    assert.deepEqual(contributes.views.skyrl.map(({ id }) => id).sort(), Object.values(viewIds).sort());
  });

  it('uses only declared commands in its menus', () => {
    const menuCommands = Object.values(contributes.menus)
      .flat()
      .map(({ command }) => command);
    assert.deepEqual(
      menuCommands.filter((id) => !contributes.commands.some(({ command }) => command === id)),
      [],
    );
  });

  it('has a text for every key, and no unused text', () => {
    const usedKeys = [...text('package.json').matchAll(/"%([^%"]+)%"/g)].map((match) => match[1]);
    assert.deepEqual([...new Set(usedKeys)].sort(), Object.keys(nls).sort());
  });

  it('has the welcomes of the state table (npm run docs): one button, then links', () => {
    assert.deepEqual(
      contributes.viewsWelcome.map(({ contents, when }) => ({ text: nls[contents.replaceAll('%', '')], when })),
      welcomes().map(({ text: welcome, when }) => ({ text: welcome, when })),
    );
    for (const [id, { actions }] of Object.entries(states)) {
      const own = welcomes().filter(({ when }) => when.includes(`== '${id}'`));
      assert.equal(own.length > 0, id !== 'fresh', id);
      for (const { text: welcome } of own) {
        const buttons = welcome.split('\n').filter((line) => /^\[[^\]]+\]\([^)]+\)$/.test(line));
        assert.equal(buttons.length, Math.min(1, actions.length), welcome);
        for (const { command, title } of actions) assert.ok(welcome.includes(`[${title}](command:${command})`), id);
      }
    }
  });

  it('offers only actions that exist', () => {
    const ownCommands = new Set<string>(Object.values(commandIds));
    for (const { actions } of Object.values(states))
      for (const { command } of actions) if (command.startsWith('skyrl.')) assert.ok(ownCommands.has(command), command);
  });

  it('declares only settings that the code reads', () => {
    const source = text('src/views/shared/settings.ts');
    for (const setting of settings) assert.ok(source.includes(`'${setting.slice('skyrl.'.length)}'`), setting);
  });

  it('ignores settings with addresses of a workspace that is not trusted', () => {
    const { untrustedWorkspaces, virtualWorkspaces } = manifest.capabilities;
    assert.equal(untrustedWorkspaces.supported, 'limited');
    assert.deepEqual(
      untrustedWorkspaces.restrictedConfigurations.sort(),
      settings.filter((id) => /config$|Url$|endpoints$|source$|prometheus\./.test(id)).sort(),
    );
    assert.equal(virtualWorkspaces.supported, false);
    assert.deepEqual(manifest.extensionKind, ['workspace']);
  });

  it('takes the proxy to the cluster from user and machine settings only', () => {
    const { scope } = contributes.configuration.properties['skyrl.proxy'] as { scope: string };
    assert.equal(scope, 'machine');
  });

  it('is type-checked against the oldest VS Code that it supports', () => {
    assert.equal(manifest.engines.vscode, `^${manifest.devDependencies['@types/vscode']}`);
  });

  it('installs no React, an unused peer of the toolkit', () => {
    assert.equal(existsSync(path.join(root, 'node_modules/react')), false);
  });

  it('has a PNG icon of at least 128 pixels', () => {
    const png = readFileSync(path.join(root, manifest.icon));
    assert.equal(png.toString('latin1', 1, 4), 'PNG');
    assert.ok(png.readUInt32BE(16) >= 128 && png.readUInt32BE(20) >= 128);
  });
});
