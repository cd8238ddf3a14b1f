/**
 * The address of a value document.
 *
 *   quix-state:{folder}/{group}/{store}/{stream}/{partition}/{message key}/{state key}.json?cf=default&key={hex}&as=auto&at=now
 *              └────────── path of the partition, exact ────┘└─ names for people, cut at 60 ─┘
 *
 * Identity: the partition's path, the column family and the key's bytes in the query, for one of several windows in an
 * entry its `index` too. The last two segments are names
 * only: the tab's title and its breadcrumb. So a document finds its value again after the window was reloaded.
 */

import { isOpenedFormat, parseOpenedAs, type OpenedAs } from './openedAs';

/** `auto`: the value alone, as its store is opened. `entry`: its facts too, as JSON. Else what this document alone is opened as. */
export type ShownAs = 'auto' | 'entry' | OpenedAs;

export interface ValueAddress {
  /** absolute path of the partition's folder, with `/` as URIs have it (`/c:/app` on Windows) */
  readonly partition: string;
  /** host of a UNC path, else empty */
  readonly authority: string;
  readonly columnFamily: string;
  readonly key: Uint8Array;
  /** which one of the windows that are in one entry */
  readonly index?: number;
  readonly as: ShownAs;
}

export interface UriParts {
  readonly authority: string;
  readonly path: string;
  readonly query: string;
}

const longestName = 60;

/** A name as one segment of a path: no separators, no control or bidirectional characters, never `.` or `..`. */
export function pathSegment(name: string): string {
  const cut = Array.from(name.slice(0, 4 * longestName))
    .slice(0, longestName)
    .join('');
  const safe = cut.replace(/[/\\:*?"<>|#%\p{C}\p{Zl}\p{Zp}]/gu, '_').trim();
  return /^\.*$/.test(safe) ? '_' + safe.replaceAll('.', '_') : safe;
}

/** Path and query of a value's document; `names` are the message key's (or column family's) and the state key's text. */
export function valueUriParts(
  address: ValueAddress,
  names: { messageKey: string; key: string; extension: string },
): UriParts {
  const key = Buffer.from(address.key).toString('hex');
  const cf = encodeURIComponent(address.columnFamily);
  const index = address.index === undefined ? '' : `&index=${address.index}`;
  const file = `${pathSegment(names.key)}.${names.extension}`;
  return {
    authority: address.authority,
    path: `${address.partition}/${pathSegment(names.messageKey)}/${file}`,
    query: `cf=${cf}&key=${key}${index}&${shownAsQuery(address.as)}&at=now`,
  };
}

/** `as=auto`, `as=avro&schema={path}`: what a URI's query says of how something is shown. */
export function shownAsQuery(as: ShownAs): string {
  if (typeof as === 'string') return `as=${as}`;
  const { format, schema, message } = as;
  const fields = [`as=${format}`];
  if (schema !== undefined) fields.push(`schema=${encodeURIComponent(schema)}`);
  if (message !== undefined) fields.push(`message=${encodeURIComponent(message)}`);
  return fields.join('&');
}

/** The fields of a URI's query, decoded; undefined where one cannot be. */
export function queryFields(query: string): ReadonlyMap<string, string> | undefined {
  try {
    return new Map(
      query.split('&').map((field) => {
        const equals = field.indexOf('=');
        return [field.slice(0, equals), decodeURIComponent(field.slice(equals + 1))];
      }),
    );
  } catch {
    return undefined;
  }
}

/** What the fields of a URI say of how something is shown; undefined where that is not known. */
export function parseShownAs(fields: ReadonlyMap<string, string>): ShownAs | undefined {
  const as = fields.get('as');
  if (as === 'auto' || as === 'entry') return as;
  if (!isOpenedFormat(as)) return undefined;
  return parseOpenedAs({
    format: as,
    schema: fields.get('schema'),
    message: fields.get('message'),
  });
}

/** The address in a URI's parts; undefined when they are not those of a value document. */
export function parseValueUri({ authority, path, query }: UriParts): ValueAddress | undefined {
  const fields = queryFields(query);
  const columnFamily = fields?.get('cf');
  const key = fields?.get('key');
  const as = fields && parseShownAs(fields);
  if (columnFamily === undefined || key === undefined || as === undefined) return undefined;
  if (fields?.get('at') !== 'now' || !/^(?:[0-9a-f]{2})*$/.test(key)) return undefined;
  const index = fields.get('index');
  if (index !== undefined && !/^\d{1,9}$/.test(index)) return undefined;
  const segments = path.split('/');
  if (segments.length < 4) return undefined;
  return {
    partition: segments.slice(0, -2).join('/'),
    authority,
    columnFamily,
    key: Uint8Array.from(Buffer.from(key, 'hex')),
    ...(index === undefined ? {} : { index: Number(index) }),
    as,
  };
}
