import {
  cutText,
  printable,
  valueText,
  type StateEntry,
  type StateValue,
} from '../../quixstreams/index';
import { rowValue, type DecodedRow, type ValueTexts } from '../state/nodeTexts';
import type { OpenedAs } from './openedAs';
import type { InStore } from './storeFormats';
import { isOfApp } from './valueOfEntry';
import { mayBeEncoded, type ShownLine, type ValueDecoder } from './valueDecoder';

/** What rows ask for the format that the values of a store are opened as. */
export interface FormatsOfStores {
  of(where: InStore): OpenedAs | undefined;
}

/** Longest decoded text that is kept: a tooltip shows no more. */
const keptLength = 2000;
/** How long rows that changed wait for their new values, so that they do not show bytes in between. */
const patienceMs = 100;

/** A value that was decoded, or is being. */
interface Known {
  /** what it was opened as; other choices are decoded anew */
  readonly openedAs: OpenedAs | undefined;
  /** undefined until it is there, and where the value is shown as it is stored */
  line: ShownLine | undefined;
  readonly ready: Promise<void>;
}

/** The values of rows in one line: as they are stored, until they are decoded and the row is painted again. */
export class RowValues implements ValueTexts {
  readonly #known = new WeakMap<StateValue, Known>();

  /** `repaint` is told of rows that read differently now. */
  constructor(
    private readonly decoder: Pick<ValueDecoder, 'line'>,
    private readonly formats: FormatsOfStores,
    private readonly repaint: (row: DecodedRow) => void,
  ) {}

  line(row: DecodedRow, longest: number): string {
    const decoded = this.decoded(row);
    return decoded === undefined
      ? valueText(rowValue(row), longest)
      : cutText(decoded.text, longest);
  }

  /** As the row shows it now: of a value that is not decoded yet, what is stored. */
  shown(value: StateValue, longest: number): string {
    const decoded = this.#known.get(value)?.line;
    return decoded === undefined ? valueText(value, longest) : cutText(decoded.text, longest);
  }

  decoded(row: DecodedRow): ShownLine | undefined {
    return this.#valueOf(row)?.line;
  }

  /** Waits a moment for the values of rows that are about to be painted. */
  async ready(rows: readonly DecodedRow[]): Promise<void> {
    const waiting = rows.flatMap((row) => {
      const value = this.#valueOf(row);
      return value === undefined ? [] : [value.ready];
    });
    if (waiting.length === 0) return;
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise((resolve) => {
      timer = setTimeout(resolve, patienceMs);
    });
    await Promise.race([Promise.all(waiting), patience]);
    clearTimeout(timer);
  }

  #valueOf(row: DecodedRow): Known | undefined {
    // A record that waits for its lookup is JSON of Quix Streams' own.
    if (row.kind === 'joinEntry' && row.joined.record) return undefined;
    const { partition } = row;
    const value = rowValue(row);
    const where = { partition: partition.path, store: printable(partition.storeName) };
    const openedAs =
      row.kind === 'entry' ? openedAsOf(row.entry, where, this.formats) : this.formats.of(where);
    const known = this.#known.get(value);
    if (known !== undefined && known.openedAs === openedAs) return known;
    if (openedAs === undefined && !mayBeEncoded(value)) return undefined;
    const made: Known = {
      openedAs,
      // What it was opened as before is shown until then.
      line: known?.line,
      ready: this.decoder.line(value, openedAs, keptLength).then((line) => {
        const differs = made.line?.text !== line?.text;
        made.line = line;
        if (differs && this.#known.get(value) === made) this.repaint(row);
      }),
    };
    this.#known.set(value, made);
    return made;
  }
}

/** What an entry's value is opened as: the choice for a store is one for what the app keeps there. */
export function openedAsOf(
  entry: StateEntry,
  where: InStore,
  formats: FormatsOfStores,
): OpenedAs | undefined {
  return isOfApp(entry) ? formats.of(where) : undefined;
}
