// mocha's spec report on the console; its counts as { passed, failed, pending } in the file that
// MOCHA_COUNTS names.
import { writeFileSync } from 'node:fs';
import mocha from 'mocha';

export default class CountsReporter extends mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    runner.once(mocha.Runner.constants.EVENT_RUN_END, () => {
      const { passes, failures, pending } = runner.stats;
      const counts = { passed: passes, failed: failures, pending };
      writeFileSync(process.env.MOCHA_COUNTS, JSON.stringify(counts));
    });
  }
}
