import assert from 'node:assert/strict';
import path from 'node:path';
import { build, type Metafile } from 'esbuild';

/** Data flows one way: a layer knows only those before it, and only through their index.ts. */
const layers = ['rocksdb', 'quixstreams', 'statefolder', 'app', 'ui'];

const root = path.resolve(import.meta.dirname, '..');

async function bundle(entry: string, external: string[] = []): Promise<Metafile> {
  const result = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    platform: 'node',
    write: false,
    metafile: true,
    outdir: 'dist',
    external,
    logLevel: 'silent',
  });
  return result.metafile;
}

function layerOf(file: string): string | undefined {
  const [top, layer] = file.split('/');
  return top === 'src' && layer !== undefined && layers.includes(layer) ? layer : undefined;
}

/** Every import between two layers that goes the wrong way, or past the other's index.ts. */
function crossings(metafile: Metafile): string[] {
  const found: string[] = [];
  for (const [file, { imports }] of Object.entries(metafile.inputs)) {
    const from = layerOf(file);
    if (from === undefined) continue;
    for (const { path: target } of imports) {
      const to = layerOf(target);
      if (to === undefined || to === from) continue;
      const forward = layers.indexOf(to) > layers.indexOf(from);
      if (forward || target !== `src/${to}/index.ts`) found.push(`${file} → ${target}`);
    }
  }
  return found;
}

describe('layers', function () {
  this.timeout(60_000);

  // `vscode` is not external here: an import of it, static or dynamic, fails the build.
  for (const entry of [
    ...layers.slice(0, -1).map((layer) => `src/${layer}/index.ts`),
    'src/cli.ts',
  ]) {
    it(`${entry} stands without vscode`, async () => {
      await bundle(entry);
    });
  }

  it('imports go one way and through index.ts', async () => {
    const extension = await bundle('src/extension.ts', ['vscode']);
    const cli = await bundle('src/cli.ts');
    assert.deepEqual([...crossings(extension), ...crossings(cli)], []);
  });

  it('the extension reaches every layer, the command line tool all but ui', async () => {
    const reached = (metafile: Metafile) =>
      [...new Set(Object.keys(metafile.inputs).map(layerOf))].filter((l) => l !== undefined);
    assert.deepEqual(
      reached(await bundle('src/extension.ts', ['vscode'])).sort(),
      [...layers].sort(),
    );
    assert.ok(!reached(await bundle('src/cli.ts')).includes('ui'));
  });

  it('notices an import that crosses', async () => {
    const found = crossings({
      inputs: {
        'src/rocksdb/a.ts': {
          bytes: 0,
          imports: [{ path: 'src/ui/index.ts', kind: 'import-statement' }],
        },
        'src/ui/b.ts': {
          bytes: 0,
          imports: [{ path: 'src/rocksdb/block.ts', kind: 'dynamic-import' }],
        },
        'src/ui/c.ts': {
          bytes: 0,
          imports: [{ path: 'src/rocksdb/index.ts', kind: 'import-statement' }],
        },
      },
      outputs: {},
    });
    assert.deepEqual(found, [
      'src/rocksdb/a.ts → src/ui/index.ts',
      'src/ui/b.ts → src/rocksdb/block.ts',
    ]);
  });
});
