import * as vscode from 'vscode';

/** A configuration as it was resolved. */
interface Resolved {
  readonly request?: 'launch' | 'attach';
  readonly connect?: { readonly host?: string; readonly port: number | string };
  readonly python?: string;
  readonly pythonArgs?: readonly string[];
}

/** Starts debugpy's own adapter, of the app's interpreter, where the Python Debugger is not there to do it. */
export class DebugAdapters implements vscode.DebugAdapterDescriptorFactory {
  createDebugAdapterDescriptor(session: vscode.DebugSession): vscode.DebugAdapterDescriptor {
    const { request, connect, python = '', pythonArgs = [] } = session.configuration as Resolved;
    // A process that listens has its adapter already (debugpy.listen); so has a child of a debugged one.
    if (request === 'attach' && connect !== undefined) {
      return new vscode.DebugAdapterServer(Number(connect.port), connect.host ?? '127.0.0.1');
    }
    const args = [...pythonArgs, '-m', 'debugpy.adapter'];
    return new vscode.DebugAdapterExecutable(python, args);
  }
}
