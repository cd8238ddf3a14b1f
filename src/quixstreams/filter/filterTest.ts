import { compareBytes } from '../../rocksdb/index';
import { splitPair } from '../integerPairKeys';
import type { StoreKind } from '../storeKind';
import { splitWindow } from '../windowKind';
import { searchedKey, searchedValue, type FilterSubject } from './filterSubject';
import { isInRange, type TimeRange } from './filterTime';
import type { FilterTerm, KeyFilter } from './keyFilter';
import { typedPrefixes, typedRanges, type OpenRange } from './typedKeys';

/** Bytes of a value that text is looked for in. More would hold the thread. */
const longestSearched = 1 << 20;
/** Bytes of a value that a regular expression is looked for in: it is slower. */
const longestMatched = 1 << 16;

const everywhere: readonly OpenRange[] = [{ from: new Uint8Array(0), to: undefined }];

interface KeyTest {
  readonly prefixes: readonly Uint8Array[];
  readonly open: boolean;
}

/** A filter made ready for stores of one kind. */
export class FilterTest {
  /** Where raw keys stand that may pass, in key order. */
  readonly ranges: readonly OpenRange[];
  /** Whether those ranges leave something out. */
  readonly seeks: boolean;
  readonly #keys = new Map<FilterTerm, KeyTest>();
  readonly #plain: readonly string[];
  readonly #times: readonly TimeRange[];

  constructor(
    private readonly filter: KeyFilter,
    private readonly kind: StoreKind,
  ) {
    for (const term of filter.terms) {
      if (term.kind !== 'key') continue;
      this.#keys.set(term, { prefixes: typedPrefixes(term, kind), open: term.open });
    }
    const hasMessageKeys = kind !== 'dictionary' && kind !== 'unknown';
    const first = filter.terms.find((term) => term.kind === 'key' && !term.negated);
    const key = first && hasMessageKeys ? this.#keys.get(first) : undefined;
    this.ranges = key ? typedRanges(key.prefixes, key.open) : everywhere;
    this.seeks = key?.prefixes.every(({ length }) => length > 0) === true;
    this.#plain = plainTexts(filter, kind);
    this.#times = filter.terms.flatMap((term) =>
      term.kind === 'time' && !term.negated ? [term.range] : [],
    );
  }

  /** Whether the times in a raw key can be in all ranges; keys without any may hold some in their value. */
  #isInTime(key: Uint8Array): boolean {
    const isWindow = this.kind === 'windowed';
    const pair = isWindow ? splitWindow(key) : splitPair(key);
    if (!pair) return true;
    // Of sliding windows the end is inclusive.
    const [start, end] = [pair.first, (isWindow ? pair.second : pair.first) + 1n];
    return this.#times.every((range) => isInRange(range, start, end));
  }

  /** Whether an entry may pass: cheap, and enough to leave most of a store out. */
  mayPass(key: Uint8Array, value: Uint8Array): boolean {
    if (this.#times.length > 0 && !this.#isInTime(key)) return false;
    if (this.#plain.length === 0) return true;
    const searched = latin1(key) + '\n' + latin1(value.subarray(0, longestSearched + 16));
    const text = searched.toLowerCase();
    return this.#plain.every((plain) => text.includes(plain));
  }

  /** Whether all terms hold. */
  passes(subject: FilterSubject): boolean {
    const texts = new Texts(subject);
    return this.filter.terms.every((term) => this.#holds(term, subject, texts) !== term.negated);
  }

  #holds(term: FilterTerm, subject: FilterSubject, texts: Texts): boolean {
    switch (term.kind) {
      case 'text':
        return texts.some((text) => text.toLowerCase().includes(term.text), longestSearched);
      case 'pattern':
        return texts.some((text) => term.pattern.test(text), longestMatched);
      case 'key': {
        const key = this.#keys.get(term);
        return key !== undefined && isTyped(subject.prefix ?? new Uint8Array(0), key);
      }
      case 'expired':
        return subject.expired === term.expired;
      case 'time': {
        const { span } = subject;
        return span !== undefined && isInRange(term.range, span.start, span.end);
      }
    }
  }
}

/** What a subject has in words, each read when it is first looked at. */
class Texts {
  constructor(private readonly subject: FilterSubject) {}

  some(test: (text: string) => boolean, longest: number): boolean {
    const { keys, values } = this.subject;
    return (
      keys.some((key) => test(searchedKey(key).slice(0, longest))) ||
      values.some((value) => test(searchedValue(value, longest)))
    );
  }
}

function isTyped(prefix: Uint8Array, { prefixes, open }: KeyTest): boolean {
  return prefixes.some((typed) => {
    const head = open ? prefix.subarray(0, typed.length) : prefix;
    return compareBytes(head, typed) === 0;
  });
}

/** Texts that stand in the bytes of each entry that passes: of letters that no encoding writes otherwise. */
function plainTexts({ terms }: KeyFilter, kind: StoreKind): string[] {
  // Of windows the results are searched, too, and a mean does not stand in their bytes.
  if (kind === 'windowed' || kind === 'dictionary') return [];
  return terms.flatMap((term) => {
    if (term.kind !== 'text' || term.negated) return [];
    return /^[a-z0-9 !#$%&()*+,\-.:;<=>?@[\]^_{}~]+$/.test(term.text) ? [term.text] : [];
  });
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}
