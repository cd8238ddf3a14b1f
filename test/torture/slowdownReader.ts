// A process with one view of a store, which it refreshes once a second while it is told to:
//   slowdownReader.ts DIRECTORY     messages: 'on', 'off'

import { openReadOnly } from '../../src/rocksdb/index';

let timer: NodeJS.Timeout | undefined;

async function main(directory: string): Promise<void> {
  const database = await openReadOnly(directory);
  process.on('message', (message) => {
    clearInterval(timer);
    if (message === 'on') timer = setInterval(() => void database.refresh(), 1000);
  });
  process.on('disconnect', () => process.exit(0));
  process.send?.('ready');
}

void main(process.argv[2] ?? '');
