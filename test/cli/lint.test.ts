import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { codeModuleOptions } from '../app/code/codeModule';

const root = path.resolve(import.meta.dirname, '../..');
const projects = path.join(root, 'test/fixtures/projects');

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
  let folder: string;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'state-folder-lint-'));
    await build({
      ...codeModuleOptions,
      entryPoints: { cli: 'src/cli.ts', code: 'src/app/code/codeReader.ts' },
      outdir: folder,
    });
  });
  after(() => rm(folder, { recursive: true, force: true }));

  async function run(...args: string[]) {
    const child = spawn(process.execPath, [path.join(folder, 'cli.js'), 'lint', ...args], {
      cwd: projects,
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
    child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, stdout, stderr };
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
      assert.match(result.level, /^(?:warning|note)$/);
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
