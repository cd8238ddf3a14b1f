import type { Kernel } from '../../../src/rocksdb/kernel/kernel';
import { ScriptKernel } from '../../../src/rocksdb/kernel/scriptKernel';
import { WasmKernel } from '../../../src/rocksdb/kernel/wasmKernel';

export const script: Kernel = new ScriptKernel();
export const wasm: Kernel = new WasmKernel(new ScriptKernel());

/** Every kernel there is; they must not differ in anything but speed. */
export const kernels: readonly [name: string, kernel: Kernel][] = [
  ['TypeScript', script],
  ['WebAssembly', wasm],
];
