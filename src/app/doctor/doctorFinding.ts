/** What each finding knows besides its place; `file` lies in the folder that was checked, or is a bare name. */
export interface DoctorFacts {
  /** RocksDB refuses it: the app destroys it and restores it from its changelog. */
  'store-damaged': Damaged;
  /** Its MANIFEST is not there: the app cannot open it. */
  'store-incomplete': Damaged;
  /** RocksDB opens it, and reading it fails. */
  'store-fails-on-read': Damaged;
  'store-unsupported': { readonly file: string; readonly reason: string };
  /** No CURRENT, and nobody has it open. */
  'store-half-made': None;
  'store-not-read': { readonly reason: string };
  'log-end-dropped': Damaged;
  'log-missing': { readonly file: string; readonly reason: string };
  'log-elsewhere': { readonly file: string; readonly reason: string };
  'offset-missing': { readonly store: string };
  'changelog-off': { readonly store: string };
  'ttl-mixed': { readonly store: string; readonly without: number; readonly partitions: number };
  'ttl-unfinished': None;
  'lock-held': { readonly pid: number; readonly program: string | undefined };
  'written-by': { readonly rocksdb: string; readonly stores: number };
  unreadable: { readonly code: string };
  'not-writable': { readonly owner: number; readonly user: number | undefined };
  'disk-nearly-full': { readonly freeBytes: number; readonly bytes: number };
  'near-limit': { readonly bytes: number; readonly limit: number };
  'few-watches': { readonly folders: number; readonly limit: number };
  'network-file-system': { readonly type: string };
  'synced-folder': { readonly service: string };
  'not-ignored-by-git': None;
  'copied-into-image': { readonly dockerfile: string };
}

interface Damaged {
  readonly file: string;
  readonly offset: number | undefined;
  readonly reason: string;
}

type None = Readonly<Record<string, never>>;

export type DoctorCode = keyof DoctorFacts;

export type DoctorSeverity = 'error' | 'warning' | 'information';

/** Something about a state folder that its app, or whoever runs it, should know. */
export type DoctorFinding = {
  readonly [Code in DoctorCode]: {
    readonly code: Code;
    readonly severity: DoctorSeverity;
    /** Absolute: the state folder, or what lies in it. */
    readonly path: string;
    readonly facts: DoctorFacts[Code];
  };
}[DoctorCode];
