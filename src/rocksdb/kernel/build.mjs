// Compiles assembly/ into kernelBytes.ts: `npm run build:kernel`. Whoever changes the source commits both.
// With --check only says whether that file is what it would be.
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const options = [
  ['--outFile', 'kernel.wasm'],
  ['--baseDir', fileURLToPath(new URL('assembly', import.meta.url))],
  ['--runtime', 'stub'],
  ['--enable', 'simd'],
  ['--use', 'abort='],
  ['--optimizeLevel', '3'],
  ['--noAssert', '--converge', '--initialMemory', '5'],
];

/** The module's bytes. */
async function compile() {
  let module;
  const { error, stderr } = await asc.main(['index.ts', ...options.flat()], {
    writeFile: (_name, contents) => (module = contents),
  });
  if (error) throw new Error(`${error.message}\n${stderr.toString()}`);
  return module;
}

const target = new URL('kernelBytes.ts', import.meta.url);
const comment = '// Made by build.mjs of assembly/; do not edit.';
const base64 = Buffer.from(await compile()).toString('base64');
const text = `${comment}\nexport const kernelBytes =\n  '${base64}';\n`;
if (!process.argv.includes('--check')) await writeFile(target, text);
else if ((await readFile(target, 'utf8')) !== text) {
  console.error('kernelBytes.ts is not made of assembly/ as it is: npm run build:kernel');
  process.exitCode = 1;
}
