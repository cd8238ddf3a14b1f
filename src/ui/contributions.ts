/** Every id that package.json and the code share, once; test/package.test.ts holds the two together. */

export const commandIds = {
  runAppWithState: 'stateFolder.runAppWithState',
  debugAppWithState: 'stateFolder.debugAppWithState',
  stopApp: 'stateFolder.stopApp',
  restartApp: 'stateFolder.restartApp',
  refresh: 'stateFolder.refresh',
  openStateFolder: 'stateFolder.openStateFolder',
  removeFromView: 'stateFolder.removeFromView',
  loadMore: 'stateFolder.loadMore',
  filterKeys: 'stateFolder.filterKeys',
  clearFilter: 'stateFolder.clearFilter',
  goToKey: 'stateFolder.goToKey',
  copyValue: 'stateFolder.copyValue',
  copyKey: 'stateFolder.copyKey',
  copyPath: 'stateFolder.copyPath',
  showWholeEntry: 'stateFolder.showWholeEntry',
  showAll: 'stateFolder.showAll',
  openAs: 'stateFolder.openAs',
  verifyStore: 'stateFolder.verifyStore',
  showRocksdbFiles: 'stateFolder.showRocksdbFiles',
  showDiskUsage: 'stateFolder.showDiskUsage',
  checkStateFolder: 'stateFolder.checkStateFolder',
  revealInFileManager: 'stateFolder.revealInFileManager',
  revealInStateView: 'stateFolder.revealInStateView',
  startLocalBroker: 'stateFolder.startLocalBroker',
  stopLocalBroker: 'stateFolder.stopLocalBroker',
  copyBrokerAddress: 'stateFolder.copyBrokerAddress',
  showLog: 'stateFolder.showLog',
  showMessages: 'stateFolder.showMessages',
  refreshMessages: 'stateFolder.refreshMessages',
  showOlderMessages: 'stateFolder.showOlderMessages',
  loadMoreTopics: 'stateFolder.loadMoreTopics',
  showFailedMessage: 'stateFolder.showFailedMessage',
  sendTestMessage: 'stateFolder.sendTestMessage',
  sendMessages: 'stateFolder.sendMessages',
  sendAtARate: 'stateFolder.sendAtARate',
  replayFile: 'stateFolder.replayFile',
  resetLocalBroker: 'stateFolder.resetLocalBroker',
  enableState: 'stateFolder.enableState',
  changeStateSize: 'stateFolder.changeStateSize',
  disableState: 'stateFolder.disableState',
} as const;

export type CommandId = (typeof commandIds)[keyof typeof commandIds];

export const containerId = 'stateFolder';
export const stateViewId = 'stateFolder.state';
export const topicsViewId = 'stateFolder.topics';

/** Type of run and debug configurations. */
export const debugType = 'quix-streams';

/** Scheme of value documents, and of the rows that carry decorations. */
export const valueScheme = 'quix-state';

/** Scheme of plain files of a state folder that are shown decoded. */
export const fileScheme = 'quix-file';

/** Scheme of documents that tell of a store's files. */
export const storeScheme = 'quix-store';

/** Scheme of documents that show messages of topics. */
export const messagesScheme = 'quix-topic';

/** Keys of `setContext`, for when clauses. */
export const contextKeys = {
  /** the first look for state folders has ended */
  scanned: 'stateFolder.scanned',
  /** a Quix Streams app was found */
  hasApp: 'stateFolder.hasApp',
  /** an app is there that we do not run */
  canRun: 'stateFolder.canRun',
  /** a store or partition has a filter */
  filtered: 'stateFolder.filtered',
  /** our run of an app lives */
  running: 'stateFolder.running',
  /** our local broker lives */
  brokerRunning: 'stateFolder.brokerRunning',
  /** paths of state folders and all down to their partitions, for the Explorer's menu */
  paths: 'stateFolder.paths',
  /** paths of the plain files in state folders, for the same */
  files: 'stateFolder.files',
} as const;

export const settingIds = {
  folders: 'stateFolder.folders',
  localBrokerPort: 'stateFolder.localBroker.port',
  openAs: 'stateFolder.openAs',
} as const;

export const statusItemId = 'stateFolder.run';

/** Workspace state: folders that Open State Folder... added. */
export const addedFoldersKey = 'stateFolder.addedFolders';
