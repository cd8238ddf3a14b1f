// What programs write to a terminal (ECMA-48; xterm's ctlseqs): text, and sequences that begin with ESC:
//
//   ESC [ … final          CSI: colours, cursor
//   ESC ] … BEL or ESC \   OSC: titles, links, marks of VS Code's shell integration (`633;E;command line;nonce`)
//   ESC P, X, ^, _ … ESC \ other strings
//   ESC … final            the rest
//
// util.stripVTControlCharacters leaves an OSC with spaces in it.

/** None of these can be matched in two ways: the time is proportional to the text. */
const sequences = new RegExp(
  [
    String.raw`\x1b\[[0-?]*[ -/]*[@-~]`,
    String.raw`\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?`,
    String.raw`\x1b[PX^_][^\x1b]*(?:\x1b\\)?`,
    String.raw`\x1b[ -/]*[0-~]`,
    String.raw`[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f]`,
  ].join('|'),
  'g',
);

/** A terminal's line, without its line feed, as text: sequences go, and what a carriage return went back over. */
export function terminalLine(line: string): string {
  return lastWritten(line.replace(sequences, ''));
}

/** Of a line what was written after its last carriage return; those at its end belong to the line feed. */
export function lastWritten(line: string): string {
  let end = line.length;
  while (end > 0 && line[end - 1] === '\r') end--;
  if (end === 0) return '';
  return line.slice(line.lastIndexOf('\r', end - 1) + 1, end);
}
