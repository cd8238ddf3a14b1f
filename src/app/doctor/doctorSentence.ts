import { printable } from '../../quixstreams/index';
import { bytesText, countText } from '../quantities';
import type { DoctorCode, DoctorFacts, DoctorFinding } from './doctorFinding';

/** What is so, and what to do about it; nothing where nothing is to be done. */
export interface DoctorSentence {
  readonly text: string;
  readonly cure: string | undefined;
}

type Sentences = {
  readonly [Code in DoctorCode]: (facts: DoctorFacts[Code]) => readonly [string, string?];
};

const place = ({ file, offset }: { readonly file: string; readonly offset: number | undefined }) =>
  offset === undefined ? file : `${file} at byte ${offset}`;

const sentences: Sentences = {
  'store-damaged': (facts) => [
    `RocksDB refuses to open this store: ${place(facts)}: ${facts.reason}. Quix Streams then destroys it and restores it from the changelog (on_corrupted_recreate).`,
    'Copy the folder before the app runs, if anything in it is needed. Verify Store says which keys are missing.',
  ],
  'store-incomplete': (facts) => [
    `RocksDB cannot open this store: ${facts.file}: ${facts.reason}. Quix Streams tries again for a while, and then the app fails.`,
    'Copy the folder, then delete it: the app restores the store from its changelog.',
  ],
  'store-fails-on-read': (facts) => [
    `RocksDB opens this store, but each read that comes to the damage fails, and the app with it: ${place(facts)}: ${facts.reason}.`,
    'Copy the folder, then delete it: the app restores the store from its changelog.',
  ],
  'store-unsupported': ({ file, reason }) => [
    `This store uses something that State Folder cannot read: ${file}: ${reason}. The app may well read it.`,
  ],
  'store-half-made': () => [
    'This store is not whole and has no tables, and no process here is known to have it open: making or deleting it was cut short.',
    'Nothing is to be done: the app makes it anew, and restores it from its changelog.',
  ],
  'store-not-read': ({ reason }) => [`This store could not be read: ${reason}.`],
  'log-end-dropped': (facts) => [
    `RocksDB opens this store without what its write-ahead logs hold from ${place(facts)} on: ${facts.reason}.`,
    'The app restores what its changelog has of it.',
  ],
  'log-missing': ({ file }) => [
    `The write-ahead log ${file} is missing: what was written last is not in this store.`,
    'The app restores what its changelog has of it. Copy a store with all of its files, while the app is stopped.',
  ],
  'log-elsewhere': () => [
    'The write-ahead logs of this store are in another directory (wal_dir), which was not read: what was written last is not seen.',
  ],
  'offset-missing': ({ store }) => [
    `This partition of "${store}" has no changelog offset, while others have one: the app reads its changelog from the beginning.`,
  ],
  'changelog-off': ({ store }) => [
    `No changelog offset is in "${store}": use_changelog_topics is off, or nothing was committed yet. What is lost here cannot be restored.`,
  ],
  'ttl-mixed': ({ store, without, partitions }) => [
    `${countText(without)} of ${countText(partitions)} partitions of "${store}" have values without TTL, while the others have TTL.`,
    'Run the app with the code that has TTL on all partitions: it stamps the values that are there.',
  ],
  'ttl-unfinished': () => [
    'The values that were here before TTL are not all stamped yet.',
    'Run the app again with the same or a newer quixstreams: it goes on where it stopped.',
  ],
  'lock-held': ({ pid, program }) => [
    `Process ${pid}${program === undefined ? '' : ` (${program})`} has this store open. No other app can open it meanwhile.`,
  ],
  'written-by': ({ rocksdb, stores }) => [
    `RocksDB ${rocksdb} wrote ${stores === 1 ? '1 store' : `${countText(stores)} stores`}.`,
  ],
  unreadable: ({ code }) => [
    `The operating system does not let you read this (${code}).`,
    'Give yourself the right to read it, or run the app and this as the same user.',
  ],
  'not-writable': ({ owner, user }) => [
    `You${user === undefined ? '' : ` (user ${user})`} may not write here; it belongs to user ${owner}. An app that you run cannot open it.`,
    'Make it yours with chown, or run the app as its owner. A container that runs as root makes such folders.',
  ],
  'disk-nearly-full': ({ freeBytes, bytes }) => [
    `${bytesText(freeBytes)} of ${bytesText(bytes)} are free on this disk. RocksDB stops writing when there is none.`,
    'Make room. Show Disk Usage says what takes up this folder.',
  ],
  'near-limit': ({ bytes, limit }) => [
    `This folder has ${bytesText(bytes)}. Quix Cloud keeps ${bytesText(limit)} for a service at most.`,
    'Delete what is not needed, or let values expire (ttl).',
  ],
  'few-watches': ({ folders, limit }) => [
    `${countText(folders)} folders are to be watched here, and your programs may watch ${countText(limit)} together (fs.inotify.max_user_watches).`,
    'Raise it: sysctl fs.inotify.max_user_watches=524288.',
  ],
  'network-file-system': ({ type }) => [
    `This folder is on a network or shared file system (${type}), where two processes may both get a store's lock, and break it.`,
    'Keep state on a disk of this machine.',
  ],
  'synced-folder': ({ service }) => [
    `${service} syncs this folder: it may take or replace files of a store while the app writes them.`,
    'Move the project, or the state folder (state_dir), out of it.',
  ],
  'not-ignored-by-git': () => [
    'Git does not ignore this folder: a commit takes the state along.',
    'Add it to .gitignore.',
  ],
  'copied-into-image': ({ dockerfile }) => [
    `${dockerfile} copies this folder into the image: each container begins with the state of this machine.`,
    'Add it to .dockerignore.',
  ],
};

/** The sentence for a finding and its cure. */
export function doctorSentence({ code, facts }: DoctorFinding): DoctorSentence {
  const [text, cure] = (sentences[code] as (facts: DoctorFinding['facts']) => [string, string?])(
    facts,
  );
  return { text: printable(text), cure };
}
