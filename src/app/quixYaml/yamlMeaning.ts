import type { QuixYaml } from './quixYaml';
import type { YamlNode } from './yamlTree';

/**
 * All that a file says but the `state` of one deployment, to be compared: keys in their order and as often as they stand
 * there, values, tags, anchors and who means them.
 */
export function meaningWithout({ tree, deployments }: QuixYaml, index: number): string {
  const deployment = deployments[index]?.node;
  const meaning = (node: YamlNode | undefined): unknown => {
    if (node === undefined) return null;
    const { kind, tag, anchor } = node;
    switch (kind) {
      case 'alias':
        return [kind, node.name];
      case 'scalar':
        // NaN and Infinity are values of YAML, but not of JSON.
        return [kind, tag, anchor, typeof node.value, String(node.value)];
      case 'list':
        return [kind, tag, anchor, node.items.map(meaning)];
      case 'map': {
        const pairs = node.pairs.filter(
          ({ key }) => node !== deployment || key.kind !== 'scalar' || key.value !== 'state',
        );
        return [
          kind,
          tag,
          anchor,
          pairs.map(({ key, value }) => [
            meaning(key),
            // `a:` says the same as `a: null`
            value?.kind === 'scalar' && value.value === null ? null : meaning(value),
          ]),
        ];
      }
    }
  };
  return JSON.stringify(tree.roots.map(meaning));
}
