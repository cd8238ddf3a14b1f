import type { Frame } from './appLog';
import type { FailedMessage } from './appProgress';

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

/** An app is to be debugged by an interpreter that has no debugpy. */
export class NoDebugpyError extends Error {
  constructor(readonly interpreter: string) {
    super(`no debugpy in ${interpreter}`);
    this.name = 'NoDebugpyError';
  }
}

/** Only a quixstreams was found that cannot be told where its broker is. */
export class TooOldQuixStreamsError extends Error {
  constructor(
    readonly interpreter: string,
    readonly version: string,
    /** the oldest that can */
    readonly needed: string,
  ) {
    super(`quixstreams ${version} in ${interpreter}`);
    this.name = 'TooOldQuixStreamsError';
  }
}

/** What an app needs could not be installed. */
export class InstallError extends Error {
  constructor(
    readonly command: string,
    readonly exitCode: number | undefined,
  ) {
    super(`${command} ended with ${exitCode}`);
    this.name = 'InstallError';
  }
}

/** The app connects to Quix Cloud, without a token. */
export class NoTokenError extends Error {
  constructor(readonly app: string) {
    super(`no SDK token for ${app}`);
    this.name = 'NoTokenError';
  }
}

/** The app's code fixes a broker elsewhere, so that no other can be given to it. */
export class BrokerInCodeError extends Error {
  constructor(
    readonly app: string,
    readonly file: string,
    readonly address: string,
  ) {
    super(`${app} names ${address}`);
    this.name = 'BrokerInCodeError';
  }
}

/** A port that the app's code fixes for its broker belongs to another program, which is no broker. */
export class PortInCodeInUseError extends Error {
  constructor(
    readonly app: string,
    readonly file: string,
    readonly port: number,
  ) {
    super(`port ${port} is in use`);
    this.name = 'PortInCodeInUseError';
  }
}

/** A partition is open in another process. */
export class LockedError extends Error {
  constructor(
    /** `f-in[0]`, or its path */
    readonly partition: string,
    readonly pid: number | undefined,
  ) {
    super(`${partition} is locked`);
    this.name = 'LockedError';
  }
}

/** A store is damaged so that the app will destroy it and recover it from its changelog. */
export class StoreRecreatedError extends Error {
  constructor(
    readonly partition: string,
    readonly path: string,
    cause: Error,
  ) {
    super(`${partition} is damaged`, { cause });
    this.name = 'StoreRecreatedError';
  }
}

/** A store lacks its MANIFEST: the app waits as for a lock, and fails. */
export class StoreIncompleteError extends Error {
  constructor(
    readonly partition: string,
    readonly path: string,
    cause: Error,
  ) {
    super(`${partition} cannot be opened: ${cause.message}`, { cause });
    this.name = 'StoreIncompleteError';
  }
}

/** A variable that the app reads without a default is not set. */
export class MissingVariableError extends Error {
  constructor(
    readonly app: string,
    readonly variable: string,
    /** where the app reads it */
    readonly place: Frame | undefined,
  ) {
    super(`${variable} is not set`);
    this.name = 'MissingVariableError';
  }
}

/** A store's TTL has a mark that this quixstreams does not know, or, before 3.26, none. */
export class IncompatibleStoreError extends Error {
  constructor(
    readonly app: string,
    /** of the partition */
    readonly path: string | undefined,
  ) {
    super('TTL over older data');
    this.name = 'IncompatibleStoreError';
  }
}

/** A store is ahead of its changelog, which was deleted or made anew. */
export class AheadOfChangelogError extends Error {
  constructor(
    readonly app: string,
    /** seen before a run; the app itself does not say which it was */
    readonly seen?: { readonly partition: string; readonly offset: bigint; readonly end: bigint },
  ) {
    super('a store is ahead of its changelog');
    this.name = 'AheadOfChangelogError';
  }
}

/** The same is wrong with several partitions. */
export class SeveralPartitionsError extends Error {
  constructor(
    /** at least two, of one kind */
    readonly errors: readonly (Error & { readonly partition: string })[],
  ) {
    super(`${errors.length} partitions: ${errors[0]?.message}`);
    this.name = 'SeveralPartitionsError';
  }
}

/** The app's own code failed. */
export class AppFailedError extends Error {
  constructor(
    readonly app: string,
    /** the innermost line of its own */
    readonly place: Frame | undefined,
    /** type and text of the exception */
    readonly error: string,
    /** what it was working on */
    readonly failedMessage: FailedMessage | undefined,
  ) {
    super(error);
    this.name = 'AppFailedError';
  }
}

/** The app ended without a word. */
export class AppKilledError extends Error {
  constructor(
    readonly app: string,
    readonly exitCode: number,
  ) {
    super(`${app} ended with ${exitCode}`);
    this.name = 'AppKilledError';
  }
}

/** Programs that are not ours to stop are connected to the local broker. */
export class BrokerInUseError extends Error {
  constructor() {
    super('the local broker is in use');
    this.name = 'BrokerInUseError';
  }
}
