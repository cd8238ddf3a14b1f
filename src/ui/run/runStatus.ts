import { countText } from '../../app/index';
import { printable } from '../../quixstreams/index';
import type { Translate } from '../translate';

/** What a run of an app does, as its row says. */
export type RunStatus =
  | { readonly kind: 'idle' }
  | { readonly kind: 'starting' }
  | { readonly kind: 'running'; /** processes that live */ readonly replicas: number }
  | { readonly kind: 'recovering'; readonly done: bigint; readonly total: bigint }
  | {
      readonly kind: 'waitingForLock';
      /** as logs name it; undefined: an old version does not say */
      readonly partition: string | undefined;
      /** of the process that holds the lock, where that can be told */
      readonly pid: number | undefined;
    }
  | { readonly kind: 'paused' }
  | { readonly kind: 'stopping' }
  | { readonly kind: 'failed' };

/** What an app's row, the view's description and the status bar say of a run; nothing where it is idle. */
export function runWords(status: RunStatus, t: Translate): string {
  switch (status.kind) {
    case 'idle':
      return '';
    case 'starting':
      return t('starting');
    case 'running':
      return status.replicas === 1
        ? t('running')
        : t('running · {0} replicas', countText(status.replicas));
    case 'recovering':
      return status.total === 0n
        ? t('recovering')
        : t('recovering {0}/{1}', String(status.done), String(status.total));
    case 'waitingForLock':
      if (status.partition === undefined) return t('waiting for a lock');
      return status.pid === undefined
        ? t('waiting for {0}', printable(status.partition))
        : t('waiting for {0}, in use by process {1}', printable(status.partition), status.pid);
    case 'paused':
      return t('paused');
    case 'stopping':
      return t('stopping');
    case 'failed':
      return t('failed');
  }
}

/** Whether processes of the app live, or are about to. */
export function isAlive(status: RunStatus): boolean {
  return status.kind !== 'idle' && status.kind !== 'failed';
}
