/** ms since some moment. Not `performance`: to load it costs a new process a ms. */
export function clock(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1e3 + nanoseconds / 1e6;
}
