/** A column of a table: its heading, and whether numbers stand in it, at its right. */
export interface Column {
  readonly heading: string;
  readonly right?: boolean;
}

/** Rows as lines of text with columns below each other; columns in which nothing stands are left out. */
export function textTable(columns: readonly Column[], rows: readonly (readonly string[])[]) {
  const shown = columns
    .map((column, index) => ({ ...column, index }))
    .filter(({ index }) => rows.some((row) => row[index] !== ''));
  const lines = [
    shown.map(({ heading }) => heading),
    ...rows.map((row) => shown.map(({ index }) => row[index] ?? '')),
  ];
  const widths = shown.map((_, at) => Math.max(...lines.map((line) => line[at]?.length ?? 0)));
  return lines.map((line) =>
    line
      .map((text, at) => {
        const width = widths[at] ?? 0;
        return shown[at]?.right === true ? text.padStart(width) : text.padEnd(width);
      })
      .join('  ')
      .trimEnd(),
  );
}
