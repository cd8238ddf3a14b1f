export { applicationOfFile, findApplications, type Application } from './findApplications';
export { stateFolderCandidates, stateFolderOf } from './stateFolders';
export { findInterpreter, type Interpreter } from './interpreter';
export { installCommands } from './installQuixStreams';
export { checkDebugpy, installDebugpyCommand } from './debugpy';
export {
  readApplicationCode,
  resolveArgument,
  type ApplicationCode,
  type CodeArgument,
} from './applicationCode';
export { consumerGroupOf, defaultGroup } from './consumerGroup';
export { deploymentsOf, type Deployment } from './pipeline';
export {
  defaultStatePath,
  deploymentAt,
  isStateOn,
  leastSize,
  mostSize,
  readQuixYaml,
  stateDocs,
  type DeploymentState,
  type QuixYaml,
  type StatefulDeployment,
  type StateKey,
} from './quixYaml/quixYaml';
export {
  quixYamlFindings,
  quixYamlFindingSentence,
  type QuixYamlFinding,
} from './quixYaml/quixYamlFindings';
export { stateCompletions, type StateCompletion } from './quixYaml/stateCompletions';
export { changeState, disableState, enableState } from './quixYaml/stateEdits';
export type { StateChange } from './quixYaml/stateWriter';
export { StateEditError, type StateEditObstacle } from './quixYaml/stateEditError';
export { applyEdits, type TextEdit } from './quixYaml/textEdit';
export { variablesOf, type Environment, type Variables } from './variables';
export { type RunConfiguration } from './runConfiguration';
export { launchConfiguration, type LaunchConfiguration } from './launchConfiguration';
export { brokerNeeded, brokerPortInCode, isThisMachine, type BrokerNeeded } from './brokerNeeded';
export { LocalBroker, type LocalBrokerOptions } from './broker/localBroker';
export { brokerAnswers, parseAddress } from './broker/probe';
export { AppLog, type AppLogEvent, type Frame, type LoggedException } from './appLog';
export { AppProgress, lockRetryMs, type AppStatus, type FailedMessage } from './appProgress';
export { failureOf, partitionLabel } from './failures';
export {
  checkBeforeRun,
  type RunCheck,
  type RunProblem,
  type StateBeforeRun,
} from './checkBeforeRun';
export { aheadOfChangelog } from './aheadOfChangelog';
export { changelogOf, changelogTopicOf, type Changelog } from './changelogTopic';
export {
  AheadOfChangelogError,
  AppFailedError,
  AppKilledError,
  BrokerError,
  BrokerInCodeError,
  BrokerInUseError,
  IncompatibleStoreError,
  InstallError,
  LockedError,
  MissingVariableError,
  NoApplicationError,
  NoBrokerError,
  NoDebugpyError,
  NoInterpreterError,
  NoTokenError,
  PortInCodeInUseError,
  PortInUseError,
  SeveralPartitionsError,
  StoreIncompleteError,
  StoreRecreatedError,
  TooOldQuixStreamsError,
  UntrustedError,
} from './errors';
export { fillPlaceholders, generateMessages } from './generateMessages';
export {
  MessageLineError,
  messageLine,
  parseMessageLines,
  type ParsedMessage,
} from './messageLines';
export { connectKafka } from './kafka/connectKafka';
export type {
  Kafka,
  LastMessages,
  Message,
  NewMessage,
  Topic,
  TopicPartition,
} from './kafka/kafka';
export { messageFor, type ErrorMessage, type NextStep } from './errorMessages';
export { ancestorsOf, descendantsOf, killAll } from './processes';
export { bytesText, countText, exactTimeText, timeText } from './quantities';
export { askFiles, FilesError } from './files/askFiles';
export type { FilesAnswer, FilesQuestion } from './files/storeFiles';
export { storesBelow } from './files/storesBelow';
export { findingLines } from './files/findingText';
export { inspectionJson } from './files/inspectionJson';
export { inspectionText, shortKey } from './files/inspectionText';
export { verifiedText } from './files/verifiedText';
export { CodeIndex } from './code/codeIndex';
export type { CodeFact, CodeRange, CodeText, CodeUse } from './code/codeUse';
export {
  findingCodes,
  type Finding,
  type FindingCode,
  type FindingFix,
  type FindingPlace,
} from './findings/finding';
export { findingSentence, findingTitles } from './findings/findingSentence';
export { pipelineFindings, projectFindings } from './findings/projectFindings';
export { checkStateFolder, type DoctorReport } from './doctor/checkStateFolder';
export { doctorJson, doctorText, isHealthy } from './doctor/doctorText';
