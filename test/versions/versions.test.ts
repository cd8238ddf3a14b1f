import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { Compared, Judge } from './judge';
import { LiveApp } from './liveApp';
import { shownBy } from './shown';
import { versions } from './versions';

const checkpoints = 20;

describe('beside a live app with every kind of store', function () {
  this.timeout(600_000);

  for (const version of versions) {
    it(`shows what quixstreams ${version.name} reads, at ${checkpoints} checkpoints`, async () => {
      const { leftOut } = version;
      const interpreter = await version.interpreter();
      const begun = Date.now();
      const app = await LiveApp.start(interpreter);
      const judge = new Judge(interpreter, 'parts');
      const compared = new Compared();
      try {
        assert.deepEqual([...app.leftOut].sort(), [...leftOut].sort());
        for (let i = 0; i < checkpoints; i++) {
          const folder = await app.checkpoint(`checkpoint-${i}`);
          compared.compare(await shownBy(folder), await judge.read(folder));
          await rm(folder, { recursive: true });
        }
      } finally {
        await judge.end();
        await app.remove();
      }
      const { rows, more, windows, values, exponents, untold, stores } = compared;
      const untoldStores = [...untold].map(([name, times]) => `${name} (${times} times)`);
      const seconds = ((Date.now() - begun) / 1000).toFixed(0);
      console.log(
        `      ${rows} rows, ${values} values, ${windows} windows of ${stores.size} stores in ${seconds} s; ` +
          `more rows loaded ${more} times; ${exponents} exponents written differently\n` +
          `      not told which windows: ${untoldStores.join(', ') || 'none'}\n` +
          `      left out: ${leftOut.join(', ') || 'nothing'}`,
      );
    });
  }
});
