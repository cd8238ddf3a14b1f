import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { createKernel, type Kernel } from '../../../src/rocksdb/kernel/kernel';
import { ScriptKernel } from '../../../src/rocksdb/kernel/scriptKernel';
import { WasmKernel } from '../../../src/rocksdb/kernel/wasmKernel';
import { fixtures } from '../expected';
import { script } from './kernels';
import { realBlocks } from './realBlocks';

const tables = path.join(fixtures, '04-compression/state/quixstreams-default');
const never = (): never => assert.fail('the kernel in TypeScript was asked');
/** Stands for the kernel in TypeScript where the one in WebAssembly must do without all but `own`. */
const absent = (own: Partial<Kernel> = {}) =>
  new Proxy(own, {
    get: (target, name): unknown => Reflect.get(target, name) ?? never,
  }) as Kernel;

describe('the kernel in WebAssembly', () => {
  it('is what its source compiles to: `npm run build:kernel` makes it', async () => {
    const build = path.resolve(import.meta.dirname, '../../../src/rocksdb/kernel/build.mjs');
    await promisify(execFile)(process.execPath, [build, '--check']);
  });

  it('is the one that is used, and is made in a moment', () => {
    const start = performance.now();
    for (let i = 0; i < 10; i++) assert.ok(createKernel() instanceof WasmKernel);
    assert.ok(performance.now() - start < 1000);
  });

  it('leaves nothing that is sound to the other', async () => {
    const kernel = new WasmKernel(absent());
    for (const compression of ['none', 'snappy', 'lz4', 'zlib']) {
      const table = path.join(tables, compression, 'orders/0/000012.sst');
      for (const { bytes, kind, modifier } of await realBlocks(table)) {
        const block = kernel.readDataBlock(bytes, kind, modifier);
        if (compression === 'zlib' && bytes.at(-5) !== 0) assert.equal(block, undefined);
        else assert.ok(block && block.length > 0);
        const checked = bytes.subarray(0, -4);
        for (const each of [1, 2, 3, 4]) assert.notEqual(kernel.blockChecksum(each, checked), 0);
        const payload = bytes.subarray(0, -5);
        if (bytes.at(-5) === 1) kernel.snappy(payload, 1 << 20);
        if (block) kernel.decodeBlock(block.bytes.subarray(0, block.contentsEnd), 8);
      }
    }
  });

  it('leaves what is larger than its memory may get to the other, and stays as it was', () => {
    const asked: string[] = [];
    const other = new ScriptKernel();
    const kernel = new WasmKernel(
      absent({
        crc32c: (bytes) => {
          asked.push('crc32c');
          return other.crc32c(bytes);
        },
      }),
    );
    const small = Buffer.from('123456789');
    for (const size of [1 << 20, 8 << 20, 40 << 20]) {
      const large = Buffer.alloc(size, 'some text');
      assert.equal(kernel.crc32c(large), script.crc32c(large));
      assert.equal(kernel.crc32c(small), 0xe3069283);
    }
    assert.deepEqual(asked, ['crc32c']);
  });

  it('is done without where WebAssembly is not allowed', () => {
    const { WebAssembly } = globalThis as unknown as { WebAssembly: unknown };
    try {
      Object.assign(globalThis, { WebAssembly: undefined });
      const kernel = createKernel();
      assert.ok(kernel instanceof ScriptKernel);
      assert.equal(kernel.crc32c(Buffer.from('123456789')), 0xe3069283);
    } finally {
      Object.assign(globalThis, { WebAssembly });
    }
  });
});
