import path from 'node:path';
import { startServer } from './vscode/server';

/** Starts a VS Code from npm with the extension of this checkout. Gives the address that shows `workspace`. */
export async function serveDemo(workspace: string): Promise<string> {
  const server = await startServer({ unpacked: [path.resolve(import.meta.dirname, '../..')] });
  return server.workbenchUrl({ workspace });
}
