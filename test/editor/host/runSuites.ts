import { appendFileSync, writeFileSync } from 'node:fs';
import { format } from 'node:util';

/**
 * Runs mocha suites in the extension host. `suites`: file name → what loads it. The report is
 * appended to the file that SUITES_REPORT names, as VS Code mixes the host's console with its log;
 * mocha's counts go to the file that MOCHA_COUNTS names. Rejects when a test failed.
 */
export async function runSuites(suites: Record<string, () => Promise<unknown>>): Promise<void> {
  const { default: Mocha } = await import('mocha');
  const report = process.env.SUITES_REPORT;
  if (report !== undefined) {
    Mocha.reporters.Base.consoleLog = (...args: unknown[]) =>
      appendFileSync(report, `${format(...args)}\n`);
  }
  const mocha = new Mocha({
    ui: 'bdd',
    color: false,
    timeout: 30_000,
    forbidOnly: true,
    ...(process.env.SUITES_GREP === undefined ? {} : { grep: process.env.SUITES_GREP }),
  });
  for (const [file, load] of Object.entries(suites)) {
    mocha.suite.emit('pre-require', globalThis, file, mocha);
    mocha.suite.emit('require', await load(), file, mocha);
    mocha.suite.emit('post-require', globalThis, file, mocha);
  }
  await new Promise<void>((resolve, reject) => {
    const failures: [string, string][] = [];
    const runner = mocha.run((failed) => {
      const { passes: passed, pending } = runner.stats ?? { passes: 0, pending: 0 };
      const counts = process.env.MOCHA_COUNTS;
      if (counts !== undefined) {
        writeFileSync(counts, JSON.stringify({ passed, failed, pending, failures }));
      }
      if (failed > 0) reject(new Error(`${failed} tests failed`));
      else resolve();
    });
    runner.on('fail', (test, error: Error) => failures.push([test.fullTitle(), error.message]));
  });
}
