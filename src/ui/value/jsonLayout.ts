/**
 * Lays JSON text out over lines, 2 spaces a level, without reading it as values: numbers, escapes and the order of
 * members stay byte for byte as they are stored (`1.0`, `12345678901234567890`, `"\u0041"`). Empty objects and arrays
 * stay on one line. The text must be valid JSON (quixstreams says so of the values it calls 'json'); hostile nesting,
 * whose indents would outgrow memory, comes back as it is.
 */
export function layOutJson(json: string, indent = ''): string {
  const out: string[] = [];
  let depth = 0;
  let indents = 0;
  const mostIndents = 16 * json.length + 4096;
  const newLine = () => {
    const line = '\n' + indent + '  '.repeat(depth);
    indents += line.length;
    return line;
  };
  for (let at = 0; at < json.length; at++) {
    if (indents > mostIndents) return json;
    const c = json.charAt(at);
    switch (c) {
      case ' ':
      case '\t':
      case '\n':
      case '\r':
        break;
      case '"': {
        const end = endOfString(json, at);
        out.push(json.slice(at, end));
        at = end - 1;
        break;
      }
      case '{':
      case '[': {
        const close = nextToken(json, at + 1);
        if (json[close] === '}' || json[close] === ']') {
          out.push(c, json.charAt(close));
          at = close;
        } else {
          depth++;
          out.push(c, newLine());
        }
        break;
      }
      case '}':
      case ']':
        depth = Math.max(0, depth - 1);
        out.push(newLine(), c);
        break;
      case ',':
        out.push(c, newLine());
        break;
      case ':':
        out.push(': ');
        break;
      default: {
        const end = endOfLiteral(json, at);
        out.push(json.slice(at, end));
        at = end - 1;
      }
    }
  }
  return out.join('');
}

function endOfString(json: string, start: number): number {
  for (let at = start + 1; at < json.length; at++) {
    if (json[at] === '\\') at++;
    else if (json[at] === '"') return at + 1;
  }
  return json.length;
}

function endOfLiteral(json: string, start: number): number {
  let at = start + 1;
  while (at < json.length && !' \t\n\r{}[],:"'.includes(json.charAt(at))) at++;
  return at;
}

function nextToken(json: string, start: number): number {
  let at = start;
  while (at < json.length && ' \t\n\r'.includes(json.charAt(at))) at++;
  return at;
}
