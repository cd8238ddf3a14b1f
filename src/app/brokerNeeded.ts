// Which broker an app asks for (quixstreams/app.py): the argument `broker_address`, else Quix__Broker__Address; without an
// address, Quix Cloud with the argument `quix_sdk_token`, else Quix__Sdk__Token.

import { resolveArgument, type ApplicationCode } from './applicationCode';
import { parseAddress } from './broker/probe';
import type { Environment } from './variables';

export type BrokerNeeded =
  | { readonly kind: 'own'; /** `host:port`, or several with commas */ readonly address: string }
  | { readonly kind: 'cloud'; readonly tokenSet: boolean }
  | { readonly kind: 'none' };

/** The broker that an app asks for when it runs with these variables. */
export function brokerNeeded(code: ApplicationCode, environment: Environment): BrokerNeeded {
  const given = resolveArgument(code.brokerAddress, environment);
  const address = (given || environment['Quix__Broker__Address'])?.trim();
  if (address) return { kind: 'own', address };
  if (code.sdkToken !== undefined || environment['Quix__Sdk__Token']) {
    const token = resolveArgument(code.sdkToken, environment) ?? environment['Quix__Sdk__Token'];
    // What only running the code tells is taken for a token.
    return { kind: 'cloud', tokenSet: Boolean(token) || code.sdkToken?.kind === 'expression' };
  }
  return { kind: 'none' };
}

/** Whether every broker of an address (`host:port`, or several with commas) is on this machine. */
export function isThisMachine(address: string): boolean {
  return address.split(',').every((one) => {
    const host = parseAddress(one)?.host ?? '';
    return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
  });
}

/**
 * The port of this machine that an app's code fixes for its broker, so that no variable can lead it elsewhere; undefined
 * where it fixes none.
 */
export function brokerPortInCode({ brokerAddress }: ApplicationCode): number | undefined {
  if (brokerAddress?.kind !== 'literal' || !isThisMachine(brokerAddress.value)) return undefined;
  return parseAddress(brokerAddress.value.split(',')[0] ?? '')?.port;
}
