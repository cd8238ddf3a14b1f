import { cp, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { messageFor } from '../../../src/app/index';
import { PartitionReader, scanStateFolder } from '../../../src/statefolder/index';
import { ChangeMarks } from '../../../src/ui/state/changeMarks';
import { NodeWriter } from '../../../src/ui/state/nodeTexts';
import { SharedPartitions, type Reader } from '../../../src/ui/state/sharedPartitions';
import { StateTree } from '../../../src/ui/state/stateTree';
import type { StateNode } from '../../../src/ui/state/treeNodes';
import { FakeClock } from './fakeClock';

const fixtures = path.resolve(import.meta.dirname, '../../fixtures');

/** `vscode.l10n.t` without VS Code. */
export function translate(message: string, ...args: (string | number)[]): string {
  return message.replace(/\{(\d)\}/g, (_, i: string) => String(args[Number(i)]));
}

/** Copies a fixture's state folder (or one part of it) to a temporary place. */
export async function copyFixture(fixture: string, part = ''): Promise<string> {
  const parent = await mkdtemp(path.join(os.tmpdir(), 'state-tree-'));
  const folder = path.join(parent, 'state');
  const source = path.join(fixtures, fixture, 'state');
  await cp(path.join(source, part), path.join(folder, part), { recursive: true });
  return folder;
}

/** The rows of a state folder as the view holds them, and what they asked to have repainted. */
export class TreeHarness {
  readonly clock = new FakeClock();
  visible = true;
  /** ids of rows to repaint, one array per read */
  readonly repaints: string[][] = [];
  readonly partitions: SharedPartitions;
  readonly writer = new NodeWriter(translate);
  readonly marks = new ChangeMarks(() => undefined, this.clock);
  readonly tree: StateTree;
  #waiting: (() => void)[] = [];

  constructor(
    readonly folder: string,
    reader: (partition: string) => Reader = (partition) => new PartitionReader(partition, {}),
  ) {
    this.partitions = new SharedPartitions(reader);
    this.tree = new StateTree(
      this.partitions,
      {
        isVisible: () => this.visible,
        changed: (nodes) => {
          this.repaints.push(nodes.map(({ id }) => id));
          for (const wake of this.#waiting.splice(0)) wake();
        },
        mark: (node, mark, ended) => this.marks.mark(node, mark, ended),
        sentence: (error, node) => messageFor(error, this.writer.partitionLabel(node)).text,
        valueText: (shown) => this.writer.valueText(shown),
        nothingPasses: ({ text }) => `Nothing here passes the filter ${text}`,
        live: async () => undefined,
        shownChanged: () => undefined,
      },
      this.clock,
    );
  }

  async scan(): Promise<void> {
    const folder = await scanStateFolder(this.folder, { followLinks: true });
    this.tree.setContent({ apps: [], folders: [{ folder, label: 'state', added: false }] });
  }

  /** The next repaint that is asked for from now on. */
  nextRepaint(): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('nothing was repainted')), 20_000);
      this.#waiting.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  /** Opens the row with this id's path of labels, as a click does; gives the last one. */
  async open(...labels: string[]): Promise<StateNode> {
    let rows = await this.tree.children(undefined);
    let found: StateNode | undefined;
    for (const label of labels) {
      found = rows.find((row) => this.writer.texts(row).label === label);
      if (found === undefined) {
        const there = rows.map((row) => this.writer.texts(row).label);
        throw new Error(`no "${label}" among ${JSON.stringify(there)}`);
      }
      this.tree.setExpanded(found, true);
      rows = await this.tree.children(found);
    }
    if (found === undefined) throw new Error('no label given');
    return found;
  }

  /** `label  description` of the rows below a row. */
  async rows(below: StateNode | undefined): Promise<string[]> {
    const rows = await this.tree.children(below);
    return rows.map((row) => {
      const { label, description } = this.writer.texts(row);
      return description === '' ? label : `${label}  ${description}`;
    });
  }

  /** All rows that are open from the start, as lines. */
  async outline(below?: StateNode, indent = ''): Promise<string[]> {
    const lines: string[] = [];
    const texts = await this.rows(below);
    for (const [i, row] of (await this.tree.children(below)).entries()) {
      lines.push(`${indent}${texts[i]}`);
      if (row.expanded) lines.push(...(await this.outline(row, indent + ' ')));
    }
    return lines;
  }

  /** Leaves the folder as it is. */
  async close(): Promise<void> {
    this.tree.dispose();
    await this.partitions.dispose();
    this.marks.dispose();
  }

  /** Removes the copy of a fixture, too. */
  async dispose(): Promise<void> {
    await this.close();
    await rm(path.dirname(this.folder), { recursive: true, force: true });
  }
}
