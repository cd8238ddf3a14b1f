import path from 'node:path';
import { parseEnv } from 'node:util';
import type { Application } from './findApplications';
import { readText } from './readText';

const largest = 1 << 20;

export type Environment = Readonly<Record<string, string | undefined>>;

/** The app's own environment: that of this process, and over it the `.env` of its folder. */
export async function environmentOf(
  application: Application,
  inherited: Environment,
): Promise<Environment> {
  const text = (await readText(path.join(application.folder, '.env'), largest)) ?? '';
  return { ...inherited, ...parseEnv(text) };
}

/** The broker that the environment names, `host:port`; undefined where it names none. */
export function brokerOf(environment: Environment): string | undefined {
  const address = environment['Quix__Broker__Address']?.trim();
  return address === '' ? undefined : address;
}
