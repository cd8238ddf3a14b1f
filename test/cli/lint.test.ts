import assert from 'node:assert/strict';
import path from 'node:path';
import { fixtures, runIn } from './commandLine';

const projects = path.join(fixtures, 'projects');

interface Region {
  startLine: number;
  startColumn: number;
  endLine: number;
  endColumn: number;
}
interface Location {
  physicalLocation: { artifactLocation: { uri: string; uriBaseId?: string }; region: Region };
}
interface Sarif {
  $schema: string;
  version: string;
  runs: {
    tool: { driver: { name: string; rules: { id: string; shortDescription: { text: string } }[] } };
    columnKind: string;
    results: {
      ruleId: string;
      ruleIndex: number;
      level: string;
      message: { text: string };
      locations: Location[];
      relatedLocations?: Location[];
    }[];
  }[];
}

describe('state-folder lint', function () {
  this.timeout(60_000);

  async function run(...args: string[]) {
    const { code, stdout, stderr } = await runIn(projects, 'lint', ...args);
    return { code, stdout: stdout.toString(), stderr };
  }

  it('prints a line for each finding, and ends with 1', async () => {
    const { code, stdout, stderr } = await run('replicas');
    assert.equal(stderr, '');
    assert.equal(code, 1);
    assert.deepEqual(stdout.split('\n'), [
      'replicas/one file/main.py:9:10: warning: "Three, one file" has 3 replicas, which share a state folder, and each of them writes "state/seen.json". [state-replicas]',
      'replicas/quix.yaml:38:1: warning: State is off for "One file, no state" in quix.yaml, but its code writes "state/seen.json". On Quix Cloud the file is lost at each restart. [state-disabled]',
      '',
    ]);
  });

  it('prints what quix.yaml alone tells', async () => {
    const { code, stdout } = await run('written');
    assert.equal(code, 1);
    assert.deepEqual(stdout.split('\n'), [
      'written/quix.yaml:8:12: error: State of "No map" is no map: it has the keys enabled, size and path. [state-not-a-map]',
      'written/quix.yaml:12:16: warning: enabled is true or false, without quotes; yes is neither. [state-enabled-not-boolean]',
      'written/quix.yaml:16:5: error: State of "No size" is enabled, but has no size. [state-size-missing]',
      'written/quix.yaml:21:13: error: size is a whole number of GB, from 1 to 100, without quotes and units; 2.5 is none. [state-size-not-whole]',
      'written/quix.yaml:25:13: error: State of "Large" has 500 GB. Quix Cloud gives it at most 100 GB. [state-size-too-large]',
      'written/quix.yaml:30:13: error: state is no absolute path. Quix Cloud mounts state at one, /app/state by default. [state-path-not-absolute]',
      '',
    ]);
  });

  it('prints nothing where nothing is wrong, and ends with 0', async () => {
    assert.deepEqual(await run('databases'), { code: 0, stdout: '', stderr: '' });
    assert.deepEqual(await run('databases/postgres'), { code: 0, stdout: '', stderr: '' });
  });

  it('prints JSON', async () => {
    const { code, stdout } = await run('jobs', '--json');
    assert.equal(code, 1);
    const { findings } = JSON.parse(stdout) as { findings: Record<string, unknown>[] };
    assert.deepEqual(findings, [
      {
        code: 'state-job',
        severity: 'information',
        message:
          '"Backfill with state" is a job with state. Jobs are meant to end; state is for services.',
        file: 'jobs/quix.yaml',
        line: 21,
        column: 1,
        endLine: 22,
        endColumn: 1,
        docs: 'https://quix.io/docs/deploy/state-management.html',
      },
    ]);
    const none = await run('databases', '--json');
    assert.deepEqual([none.code, JSON.parse(none.stdout)], [0, { findings: [] }]);
  });

  it('prints SARIF 2.1.0', async () => {
    const { code, stdout } = await run('--sarif');
    assert.equal(code, 1);
    const log = JSON.parse(stdout) as Sarif;
    assert.match(log.$schema, /sarif-schema-2\.1\.0\.json$/);
    assert.equal(log.version, '2.1.0');
    const [one, ...more] = log.runs;
    assert.ok(one !== undefined && more.length === 0);
    assert.equal(one.columnKind, 'utf16CodeUnits');
    const { name, rules } = one.tool.driver;
    assert.equal(name, 'state-folder');
    assert.equal(new Set(rules.map(({ id }) => id)).size, rules.length);
    for (const rule of rules) assert.ok(rule.shortDescription.text.endsWith('.'));
    assert.ok(one.results.length > 10);
    for (const result of one.results) {
      assert.equal(rules[result.ruleIndex]?.id, result.ruleId);
      assert.match(result.level, /^(?:error|warning|note)$/);
      assert.ok(result.message.text.length > 0);
      assert.equal(result.locations.length, 1);
      for (const { physicalLocation } of [
        ...result.locations,
        ...(result.relatedLocations ?? []),
      ]) {
        const { uri, uriBaseId } = physicalLocation.artifactLocation;
        assert.equal(uriBaseId, '%SRCROOT%');
        assert.match(uri, /^[\w.~%-]+(?:\/[\w.~%()-]+)*$/, 'relative, and escaped');
        const { region } = physicalLocation;
        assert.ok(Object.values(region).every((number: number) => number >= 1));
        assert.ok(region.endLine > region.startLine || region.endColumn > region.startColumn);
      }
    }
  });

  it('is called with one folder that is there, and one format', async () => {
    assert.deepEqual((await run('a', 'b')).code, 2);
    assert.deepEqual((await run('--json', '--sarif')).code, 2);
    assert.deepEqual((await run('jobs', '--raw')).code, 2);
    const gone = await run('not-here');
    assert.equal(gone.code, 1);
    assert.notEqual(gone.stderr, '');
  });
});
