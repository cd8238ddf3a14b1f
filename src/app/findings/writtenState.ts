import { readText } from '../readText';
import { readQuixYaml } from '../quixYaml/quixYaml';
import { quixYamlFindings } from '../quixYaml/quixYamlFindings';
import { TextLines } from '../quixYaml/textLines';
import { mostYamlBytes } from '../yamlFile';
import type { Finding } from './finding';

/** What is wrong in the `state` of the deployments of a quix.yaml, whatever their code does; without what is silenced. */
export async function writtenStateFindings(file: string): Promise<Finding[]> {
  const text = (await readText(file, mostYamlBytes)) ?? '';
  const lines = new TextLines(text);
  return quixYamlFindings(await readQuixYaml(text)).map((finding) => {
    const { code, severity, span, deployment, value, docs } = finding;
    const start = lines.placeOf(span.start);
    const end = lines.placeOf(span.end);
    return {
      code,
      severity,
      place: { file, ...start, endLine: end.line, endColumn: end.column },
      names: { deployment: deployment.name, value },
      related: undefined,
      docs,
      fix: undefined,
    };
  });
}
