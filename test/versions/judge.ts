import assert from 'node:assert/strict';
import { LinePeer } from './linePeer';
import type { Facts, ReadStore, ShownStore } from './shown';

/** judge.py, which reads with quixstreams' own classes. */
export class Judge {
  readonly #peer: LinePeer;

  /** @param module what knows the app's windows and message keys: parts.py or realApp.py */
  constructor(interpreter: string, module: 'parts' | 'realApp') {
    this.#peer = new LinePeer(interpreter, 'judge.py', [module]);
  }

  /** What is read of a consumer group's folder, by store. Its stores are recovered, which changes them. */
  async read(group: string): Promise<Map<string, ReadStore>> {
    const answer = JSON.parse(await this.#peer.ask(group)) as {
      error?: string;
      stores?: Record<string, { kind: string; facts: Record<string, string> }>;
    };
    assert.ok(answer.stores, answer.error);
    return new Map(
      Object.entries(answer.stores).map(([name, { kind, facts }]) => [
        name,
        { kind, facts: new Map(Object.entries(facts)) },
      ]),
    );
  }

  end(): Promise<void> {
    return this.#peer.end();
  }
}

/** How much was compared, over several folders. */
export class Compared {
  windows = 0;
  values = 0;
  /** Values that are too old to be joined. */
  ineligible = 0;
  /** Numbers that the two write with exponents of different looks; they are the same. */
  exponents = 0;
  /** Rows of message keys and below them. */
  rows = 0;
  /** How often more rows were loaded after the first ones. */
  more = 0;
  /** Window stores whose row does not tell which windows these are, and how often. */
  readonly untold = new Map<string, number>();
  /** Stores that had an entry. */
  readonly stores = new Set<string>();

  /** @throws AssertionError that names what differs */
  compare(shown: ReadonlyMap<string, ShownStore>, judged: ReadonlyMap<string, ReadStore>): void {
    assert.deepEqual([...shown.keys()], [...judged.keys()].sort());
    const differences: string[] = [];
    for (const { rows, more } of shown.values()) {
      this.rows += rows;
      this.more += more;
    }
    for (const [name, theirs] of judged) {
      const ours = shown.get(name);
      if (theirs.facts.size > 0) {
        this.stores.add(name);
        if (ours?.kind !== theirs.kind)
          differences.push(`${name} is ${theirs.kind}, not ${ours?.kind}`);
      }
      for (const difference of this.#differences(
        name,
        ours?.facts ?? new Map<string, string>(),
        theirs.facts,
      )) {
        differences.push(`${name} ${difference}`);
      }
    }
    const more = `${differences.length} differences`;
    assert.equal(differences.slice(0, 20).join('\n'), '', more);
  }

  *#differences(name: string, ours: Facts, theirs: Facts): Generator<string> {
    for (const [what, value] of theirs) {
      const own = ours.get(what);
      if (value === 'window') this.windows++;
      if (value === 'false' && what.endsWith(' eligible')) this.ineligible++;
      this.values++;
      if (own === value) continue;
      if (what === 'windows' && own === undefined) {
        this.untold.set(name, (this.untold.get(name) ?? 0) + 1);
      } else if (own !== undefined && sameButExponents(own, value)) this.exponents++;
      else yield `${what}: ${value}, shown as ${own}`;
    }
    for (const [what, value] of ours) {
      if (!theirs.has(what)) yield `${what}: not there, shown as ${value}`;
    }
  }
}

/** Whether both are the same number, which one of them writes with an exponent. */
function sameButExponents(ours: string, theirs: string): boolean {
  return /^-?[\d.]+e/.test(ours + theirs) && Number(ours) === Number(theirs);
}
