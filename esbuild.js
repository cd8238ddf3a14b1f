'use strict';
// Bundles the extension and the command line tool. `--watch` keeps on, `--minify` for the package.
const esbuild = require('esbuild');

const watch = process.argv.includes('--watch');
const minify = process.argv.includes('--minify');

const shared = {
  bundle: true,
  platform: 'node',
  format: 'cjs',
  sourcemap: !minify,
  minify,
  mainFields: ['module', 'main'], // of hash-wasm only the hashes that are used
  legalComments: 'none',
  logLevel: 'warning',
};

/** The extension host of VS Code 1.103 is Node 22; the command line tool runs on plain Node 20. */
const builds = [
  {
    entryPoints: ['src/extension.ts'],
    outfile: 'dist/extension.js',
    external: ['vscode'],
    target: 'node22',
  },
  {
    entryPoints: ['src/cli.ts'],
    outfile: 'dist/cli.js',
    target: 'node20',
    banner: { js: '#!/usr/bin/env node' },
  },
];

async function main() {
  for (const build of builds) {
    const options = { ...shared, ...build };
    if (watch) await (await esbuild.context(options)).watch();
    else await esbuild.build(options);
  }
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
