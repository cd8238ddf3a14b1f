// `.env` files as python-dotenv reads them (its parser.py and variables.py), for so do the apps that load them themselves:
//
//   KEY=text # comment          a `#` without a blank before it belongs to the text; Node's util.parseEnv would cut there
//   export 'KEY'="a\n${OTHER}"  escapes; `${NAME}` and `${NAME:-default}` in every kind of value
//   KEY                         no value: nothing

type Values = Readonly<Record<string, string | undefined>>;

const head = /(?:export[^\S\r\n]+)?(?:'([^'\r\n]+)'|([^=#\s]+))[^\S\r\n]*=([^\S\r\n]*)/y;
const reference = /\$\{([^}:]{0,200})(?::-([^}]{0,2000}))?\}/g;
const escapes: Values = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/**
 * The values in a `.env` text, references filled in from those above, else from `others`. What is no `KEY=value` is
 * passed over.
 */
export function parseDotenv(text: string, others: Values = {}): Record<string, string> {
  const found = new Map<string, string>();
  for (let at = 0; at < text.length;) {
    if (/\s/.test(text[at] ?? '')) {
      at++;
      continue;
    }
    head.lastIndex = at;
    const binding = head.exec(text);
    const start = binding === null ? at : head.lastIndex;
    const { value, end } =
      binding === null ? { value: undefined, end: at } : valueAt(text, start, binding[3] !== '');
    const name = binding?.[1] ?? binding?.[2];
    if (name !== undefined && value !== undefined) {
      const filled = value.replace(reference, (_, other: string, byDefault?: string) => {
        return found.get(other) ?? others[other] ?? byDefault ?? '';
      });
      found.set(name, filled);
    }
    at = nextLine(text, end);
  }
  return Object.fromEntries(found);
}

/** The value that begins at `start`, undefined where it is none; `end`: where it ends, before its line does. */
function valueAt(text: string, start: number, afterBlank: boolean) {
  const quote = text[start];
  if (quote !== '"' && quote !== "'") {
    const line = text.slice(start, lineEnd(text, start));
    const comment = line.startsWith('#') && afterBlank ? 0 : line.search(/(?<=\s)#/);
    return { value: (comment === -1 ? line : line.slice(0, comment)).trim(), end: start };
  }
  let end = start + 1;
  while (end < text.length && text[end] !== quote) end += text[end] === '\\' ? 2 : 1;
  if (end >= text.length) return { value: undefined, end: start };
  const rest = text.slice(end + 1, lineEnd(text, end)).trimStart();
  const inner = text.slice(start + 1, end);
  const isAll = rest === '' || rest.startsWith('#');
  return { value: isAll ? unescaped(inner, quote === '"') : undefined, end };
}

function unescaped(text: string, double: boolean): string {
  return text.replace(double ? /\\([\\'"abfnrtv])/g : /\\([\\'])/g, (_, character: string) => {
    return escapes[character] ?? character;
  });
}

function lineEnd(text: string, at: number): number {
  const rest = /[\r\n]/g;
  rest.lastIndex = at;
  return rest.exec(text)?.index ?? text.length;
}

function nextLine(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end === -1 ? text.length : end + 1;
}
