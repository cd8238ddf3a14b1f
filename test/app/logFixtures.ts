import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { AppLog, AppProgress, type AppLogEvent, type Application } from '../../src/app/index';

const folder = path.resolve(import.meta.dirname, '../fixtures/logs');

/** What an app printed: `{folder}/{log}` of test/fixtures/logs. */
export function logText(name: string): string {
  return readFileSync(path.join(folder, `${name}.txt`), 'utf8');
}

/** The names of all logs. */
export const logNames: readonly string[] = readdirSync(folder, {
  recursive: true,
  encoding: 'utf8',
})
  .filter((name) => name.endsWith('.txt'))
  .map((name) => name.slice(0, -'.txt'.length).replaceAll('\\', '/'))
  .sort();

/** The app that printed them. */
export const loggedApp: Application = {
  name: 'counter',
  folder: '/home/dev/app',
  mainFile: '/home/dev/app/main.py',
};

/** What is heard of text that comes in these pieces. */
export function eventsOf(...pieces: readonly string[]): AppLogEvent[] {
  const events: AppLogEvent[] = [];
  const log = new AppLog((event) => events.push(event));
  for (const piece of pieces) log.write(piece);
  log.end();
  return events;
}

/** What an app has told after it printed this. */
export function progressOf(text: string): AppProgress {
  const progress = new AppProgress(() => 0);
  for (const event of eventsOf(text)) progress.heard(event);
  return progress;
}
