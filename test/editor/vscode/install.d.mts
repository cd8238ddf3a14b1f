export type Which = 'newest' | 'oldest';
export interface Version {
  readonly codeServer: string;
  readonly vscode: string;
  readonly node: string;
  readonly driver: boolean;
}
export interface Installed {
  readonly version: Version;
  readonly node: string;
  readonly entry: string;
}
export const versions: Record<Which, Version>;
export function cleanEnvironment(): NodeJS.ProcessEnv;
export function installVSCode(which: Which, log?: (line: string) => void): Promise<Installed>;
