import * as vscode from 'vscode';
import { stateViewId } from './contributions';

/** After this long a wait can be cancelled. */
const cancelAfterMs = 1000;

/**
 * Shows that `run` takes a while: in the State view, and when it takes longer than a second in a notification with
 * Cancel.
 * @throws vscode.CancellationError when the person cancels, else what `run` throws
 */
export async function cancellable<T>(
  title: string,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const abort = new AbortController();
  const cancelled = new Promise<never>((_, reject) => {
    abort.signal.addEventListener('abort', () => reject(new vscode.CancellationError()));
  });
  cancelled.catch(() => undefined);
  const result = Promise.race([run(abort.signal), cancelled]);
  const settled = result.then(
    () => undefined,
    () => undefined,
  );
  void vscode.window.withProgress({ location: { viewId: stateViewId } }, () => settled);
  const timer = setTimeout(() => {
    const location = vscode.ProgressLocation.Notification;
    void vscode.window.withProgress({ location, title, cancellable: true }, (_, token) => {
      token.onCancellationRequested(() => abort.abort());
      return settled;
    });
  }, cancelAfterMs);
  try {
    return await result;
  } finally {
    clearTimeout(timer);
  }
}
