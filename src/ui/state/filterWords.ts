import { printable, type FilterError } from '../../quixstreams/index';
import type { Translate } from '../translate';

/** What is wrong with a filter, for people who type it. */
export function filterSentence({ code, term, detail }: FilterError, t: Translate): string {
  const shown = printable(term);
  switch (code) {
    case 'noTerm':
      return t('Type what to look for.');
    case 'openQuote':
      return t('A quotation mark is missing at the end of {0}', shown);
    case 'openPattern':
      return t(
        'A / is missing at the end of {0} (text with slashes goes in quotation marks)',
        shown,
      );
    case 'pattern':
      return t('{0} is no regular expression of RE2: {1}', shown, printable(detail));
    case 'largePattern':
      return t('This regular expression is too large.');
    case 'key':
      return t('Type a message key behind key: as in key:PC1, or its beginning as in key:PC*');
    case 'expired':
      return t('{0}: it is expired:yes or expired:no', shown);
    case 'time':
      return t('{0}: times are UTC, as in time:03:32..03:33 or time:2026-11-24T03:32..', shown);
  }
}
