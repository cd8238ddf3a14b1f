// Does with configurations and adapters what the Python Debugger does: fills in an interpreter before variables are
// replaced, environment and console after, and starts debugpy's adapter. What it was asked for is kept in the file that
// STAND_IN_RECORD names, a JSON line each, without the environment's values.
import { appendFileSync } from 'node:fs';
import * as vscode from 'vscode';

export function activate(context) {
  const provider = {
    resolveDebugConfiguration(folder, configuration) {
      const selected = 'python-of-the-python-extension';
      return {
        ...configuration,
        python: configuration.python ?? selected,
        debugAdapterPython: configuration.debugAdapterPython ?? selected,
        debugLauncherPython: configuration.debugLauncherPython ?? selected,
        workspaceFolder: folder?.uri.fsPath,
      };
    },
    resolveDebugConfigurationWithSubstitutedVariables(folder, configuration) {
      return {
        ...configuration,
        cwd: configuration.cwd ?? folder?.uri.fsPath,
        env: { ...configuration.env, FROM_THE_PYTHON_DEBUGGER: '1' },
        console: configuration.console ?? 'integratedTerminal',
        justMyCode: configuration.justMyCode ?? true,
        debugOptions: ['ShowReturnValue'],
      };
    },
  };
  const adapters = {
    createDebugAdapterDescriptor({ configuration }) {
      record(configuration);
      const { connect } = configuration;
      if (configuration.request === 'attach' && connect !== undefined) {
        return new vscode.DebugAdapterServer(connect.port, connect.host);
      }
      const args = ['-m', 'debugpy.adapter'];
      return new vscode.DebugAdapterExecutable(configuration.debugAdapterPython, args);
    },
  };
  context.subscriptions.push(
    vscode.debug.registerDebugConfigurationProvider('debugpy', provider),
    vscode.debug.registerDebugAdapterDescriptorFactory('debugpy', adapters),
  );
}

function record({ env, ...configuration }) {
  const line = JSON.stringify({ ...configuration, env: Object.keys(env ?? {}) });
  appendFileSync(process.env.STAND_IN_RECORD, `${line}\n`);
}
