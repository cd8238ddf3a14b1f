/** A WebAssembly module, whose bytes esbuild puts into the bundle. */
declare module '*.wasm' {
  const bytes: Uint8Array;
  export default bytes;
}
