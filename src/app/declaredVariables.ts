// The variables that app.yaml and quix.yaml declare (Quix CLI's documentation, "Managing YAML variables" and "secrets"):
//
//   inputType          value in app.yaml         in quix.yaml     looked up on this machine
//   FreeText, topics   defaultValue              value            (HiddenText, which is not shown, likewise)
//   Secret             defaultValue is a key     secretKey        .secrets, by that key
//   ProjectVariable    defaultValue is a key     variableKey      .quix.yaml.variables, by that key
//   VariableGroup      variables: [{key, defaultValue}]           .quix.yaml.variables, by each member's key;
//                                                                 `database.host` is the variable database__host

import path from 'node:path';
import { parseDotenv } from './dotenv';
import { readText } from './readText';
import { mapsOf, textOf, type YamlMap } from './yamlFile';

/** A variable as a descriptor declares it. */
export interface DeclaredVariable {
  readonly name: string;
  /** undefined: it gives none */
  readonly value: string | undefined;
  readonly secret: boolean;
  /** The platform starts no deployment without it. */
  readonly required: boolean;
}

/** What the files beside quix.yaml that are not committed say. */
export interface LocalValues {
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly secrets: Readonly<Record<string, string | undefined>>;
}

const largest = 1 << 20;

/** The values in `.quix.yaml.variables` and `.secrets` of a folder; empty lines are none. */
export async function localValues(folder: string): Promise<LocalValues> {
  const [variables, secrets] = await Promise.all(
    ['.quix.yaml.variables', '.secrets'].map((name) => keysOf(path.join(folder, name))),
  );
  return { variables: variables ?? {}, secrets: secrets ?? {} };
}

/** `key=value` lines, whose keys may have dots. */
async function keysOf(file: string): Promise<Record<string, string | undefined>> {
  const parsed = parseDotenv((await readText(file, largest)) ?? '');
  return Object.fromEntries(Object.entries(parsed).filter(([, value]) => value !== ''));
}

/** The `variables` of an app.yaml or of a deployment in quix.yaml, with their values on this machine. */
export function declaredVariables(list: unknown, local: LocalValues): DeclaredVariable[] {
  return mapsOf(list).flatMap((declared) => {
    const name = textOf(declared.name);
    if (name === undefined || name === '') return [];
    if (declared.inputType === 'VariableGroup') return membersOf(declared, local);
    const required = declared.required === true;
    return [{ name, required, ...valueOf(declared, local) }];
  });
}

function valueOf(declared: YamlMap, { variables, secrets }: LocalValues) {
  const value = textOf(declared.value) ?? textOf(declared.defaultValue);
  switch (declared.inputType) {
    case 'Secret': {
      const key = textOf(declared.secretKey) ?? value;
      return { value: key === undefined ? undefined : secrets[key], secret: true };
    }
    case 'ProjectVariable': {
      const key = textOf(declared.variableKey) ?? value;
      const found = key === undefined ? undefined : variables[key];
      return { value: found, secret: declared.secret === true };
    }
    default: {
      const secret = declared.secret === true || declared.inputType === 'HiddenText';
      return { value: value === '' ? undefined : value, secret };
    }
  }
}

function membersOf(group: YamlMap, { variables }: LocalValues): DeclaredVariable[] {
  return mapsOf(group.variables).flatMap((member) => {
    const key = textOf(member.key);
    if (key === undefined || key === '') return [];
    return [
      {
        name: key.replaceAll('.', '__'),
        value: variables[key] ?? textOf(member.value) ?? textOf(member.defaultValue),
        secret: member.secret === true,
        required: false,
      },
    ];
  });
}
