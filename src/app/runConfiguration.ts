/** The attributes of a run configuration of type `quix-streams` that say how an app runs. All may be left out. */
export interface RunConfiguration {
  readonly name?: string;
  /** the app's main file */
  readonly program?: string;
  readonly stateDir?: string;
  /** `auto`: the app's own if it answers, else the local one; `local`; or `host:port` */
  readonly broker?: string;
  /** processes of one consumer group over one state folder */
  readonly replicas?: number;
  readonly args?: readonly string[];
  readonly cwd?: string;
  /** null: not there */
  readonly env?: Readonly<Record<string, string | null>>;
  readonly envFile?: string;
  /** the interpreter */
  readonly python?: string;
  readonly consumerGroup?: string;
}
