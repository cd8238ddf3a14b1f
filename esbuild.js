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
  mainFields: ['module', 'main'],
  legalComments: 'none',
  logLevel: 'warning',
};

/** The Kafka client's, which nobody asks for: 100 KB, and they load more when they are loaded. */
const withoutSchemaRegistries = {
  name: 'without schema registries',
  setup: ({ onLoad }) =>
    onLoad({ filter: /kafka[\\/]dist[\\/]registries[\\/]index\.js$/ }, () => ({ contents: '' })),
};

/** protobufjs can make codecs of schemas by `new Function`; only its parser and reader are used. */
const withoutCodegen = {
  name: 'without codegen',
  setup: ({ onLoad }) =>
    onLoad({ filter: /protobufjs[\\/]src[\\/]util[\\/]codegen\.js$/ }, () => ({
      contents: "module.exports = () => { throw new Error('no code is made here'); };",
    })),
};

/** The extension host of VS Code 1.103 is Node 22; the command line tool runs on plain Node 20. */
const builds = [
  {
    entryPoints: ['src/extension.ts'],
    outfile: 'dist/extension.js',
    external: ['vscode', './yaml.js'],
    alias: { yaml: './yaml.js' },
    target: 'node22',
  },
  {
    // A quarter of the extension's code, and not needed to show state: loaded when a descriptor is read.
    entryPoints: ['node_modules/yaml/browser/index.js'],
    outfile: 'dist/yaml.js',
    target: 'node22',
  },
  {
    // The Kafka client is larger than all the rest: a file of its own, loaded when topics are asked for.
    entryPoints: ['src/app/kafka/kafkaClient.ts'],
    outfile: 'dist/kafka.js',
    target: 'node22',
    alias: { '@platformatic/wasm-utils': '@platformatic/wasm-utils/bundled' }, // else a file beside it
    define: { 'import.meta.url': 'undefined' }, // it looks for a native checksum there, and does without
    plugins: [withoutSchemaRegistries],
  },
  {
    // What a thread runs that scans a store.
    entryPoints: ['src/rocksdb/threads/scanThread.ts'],
    outfile: 'dist/scanThread.js',
    target: 'node20',
  },
  {
    // Verify Store and Show RocksDB Files: a thread that is started when somebody asks.
    entryPoints: ['src/app/files/filesWorker.ts'],
    outfile: 'dist/files.js',
    target: 'node22',
  },
  {
    // Pickle, MessagePack and the others, with the libraries that read them: loaded for the first value that is no text.
    entryPoints: ['src/quixstreams/formats/formats.ts'],
    outfile: 'dist/formats.js',
    target: 'node20',
    plugins: [withoutCodegen],
  },
  {
    // The thread of the editor that decodes values: it loads dist/formats.js.
    entryPoints: ['src/quixstreams/formats/formatsThread.ts'],
    outfile: 'dist/formatsThread.js',
    target: 'node22',
  },
  {
    // Regular expressions in linear time: loaded when a filter is asked for.
    entryPoints: ['src/quixstreams/filter/patterns.ts'],
    outfile: 'dist/patterns.js',
    target: 'node22',
  },
  {
    // Tree-sitter and Python's grammar, with their WebAssembly: loaded when somebody asks what code keeps.
    entryPoints: ['src/app/code/codeReader.ts'],
    outfile: 'dist/code.js',
    target: 'node20',
    loader: { '.wasm': 'binary' },
    define: { 'import.meta.url': '__filename' }, // it makes its require by that
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
