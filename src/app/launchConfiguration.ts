import type { Application } from './findApplications';
import type { Interpreter } from './interpreter';

/** What a terminal needs to run an app. */
export interface LaunchConfiguration {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** On top of the terminal's own environment. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Runs an app with state enabled, as the platform does: with the variables that quixstreams reads
 * (quixstreams/platforms/quix/env.py). Quix__Deployment__Id stays unset: it would send the app to the
 * platform's paths.
 */
export function launchConfiguration(
  application: Application,
  interpreter: Interpreter,
  stateFolder: string,
  brokerAddress: string,
): LaunchConfiguration {
  return {
    command: interpreter.command,
    args: [...interpreter.args, application.mainFile],
    cwd: application.folder,
    env: {
      PYTHONUNBUFFERED: '1',
      Quix__Deployment__State__Enabled: 'true',
      Quix__Deployment__State__Path: stateFolder,
      Quix__Broker__Address: brokerAddress,
    },
  };
}
