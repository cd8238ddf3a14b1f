import * as vscode from 'vscode';

/** Rows of name and value, every value escaped as code. */
export function facts(rows: readonly [string, string][]): vscode.MarkdownString {
  const markdown = new vscode.MarkdownString();
  for (const [i, [name, value]] of rows.entries()) {
    if (i > 0) markdown.appendMarkdown('  \n');
    markdown.appendText(`${name}: `);
    markdown.appendMarkdown(inlineCode(value));
  }
  return markdown;
}

/** Text as Markdown code, with a fence longer than any run of backticks in it. */
function inlineCode(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return longest > 0 || line === '' ? `${fence} ${line} ${fence}` : `${fence}${line}${fence}`;
}
