/** A comment that silences a finding: at the end of its line, or alone on the line above it. */
const comment = /#\s*state-folder:\s*ignore\b/;

/** Whether a comment silences what is found in a line, counted from 1. */
export function isIgnored(lines: readonly string[], line: number): boolean {
  const above = lines[line - 2] ?? '';
  return comment.test(lines[line - 1] ?? '') || (/^\s*#/.test(above) && comment.test(above));
}
