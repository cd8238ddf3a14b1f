// mocha's spec report on the console; { passed, failed, pending, failures } in the file that MOCHA_COUNTS
// names. `failures` are [title, message]: what a report prints is long, and a log of it may be cut.
import { writeFileSync } from 'node:fs';
import mocha from 'mocha';

/** After this long what keeps the process is not on its way to end. */
const patienceMs = 20_000;

export default class CountsReporter extends mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const { EVENT_RUN_END, EVENT_TEST_FAIL } = mocha.Runner.constants;
    const failures = [];
    runner.on(EVENT_TEST_FAIL, (test, error) => failures.push([test.fullTitle(), error.message]));
    runner.once(EVENT_RUN_END, () => {
      const { passes: passed, failures: failed, pending } = runner.stats;
      const write = (counts) => writeFileSync(process.env.MOCHA_COUNTS, JSON.stringify(counts));
      write({ passed, failed, pending, failures });
      const refuseToHang = () => {
        const left = `left behind by tests: ${process.getActiveResourcesInfo().join(', ')}`;
        console.error(left);
        failures.push(['the run ends', left]);
        write({ passed, failed: failed + 1, pending, failures });
        process.exit();
      };
      setTimeout(refuseToHang, patienceMs).unref();
    });
  }
}
