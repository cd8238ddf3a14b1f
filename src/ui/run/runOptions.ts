import type { RunConfiguration } from '../../app/index';

/** How an app is to be run. */
export interface RunOptions {
  /** undefined: that of launch.json, if one runs this app */
  readonly configuration?: RunConfiguration;
  /** whatever broker the app names */
  readonly useLocalBroker?: boolean;
  /** what the person has seen to be wrong with the state: names of errors */
  readonly anyway?: readonly string[];
}
