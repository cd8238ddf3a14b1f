/** No Python here can `import quixstreams`. */
export class NoInterpreterError extends Error {
  constructor(
    readonly app: string,
    /** The interpreters that were tried; empty: there is no Python at all. */
    readonly tried: readonly string[],
  ) {
    super(`no interpreter with quixstreams for ${app}`);
    this.name = 'NoInterpreterError';
  }
}

/** The port that the local broker should listen on belongs to another program. */
export class PortInUseError extends Error {
  constructor(
    readonly port: number,
    /** A port near by that is free. */
    readonly free?: number,
  ) {
    super(`port ${port} is in use`);
    this.name = 'PortInUseError';
  }
}

/** The local broker's process ended or did not start. */
export class BrokerError extends Error {
  constructor(readonly reason: string) {
    super(reason);
    this.name = 'BrokerError';
  }
}

/** The app is told to use a broker that does not answer. */
export class NoBrokerError extends Error {
  constructor(readonly address: string) {
    super(`no broker answers at ${address}`);
    this.name = 'NoBrokerError';
  }
}

/** There is no Quix Streams app in the workspace. */
export class NoApplicationError extends Error {
  constructor() {
    super('no Quix Streams app');
    this.name = 'NoApplicationError';
  }
}

/** The workspace is not trusted: nothing runs, installs or writes. */
export class UntrustedError extends Error {
  constructor() {
    super('the workspace is not trusted');
    this.name = 'UntrustedError';
  }
}
