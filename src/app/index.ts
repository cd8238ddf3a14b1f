export { applicationOfFile, findApplications, type Application } from './findApplications';
export { stateFolderCandidates, stateFolderOf } from './stateFolders';
export { findInterpreter, type Interpreter } from './interpreter';
export { brokerOf, environmentOf, type Environment } from './environment';
export { launchConfiguration, type LaunchConfiguration } from './launchConfiguration';
export { LocalBroker, type LocalBrokerOptions } from './broker/localBroker';
export { brokerAnswers, parseAddress } from './broker/probe';
export {
  BrokerError,
  NoApplicationError,
  NoBrokerError,
  NoInterpreterError,
  PortInUseError,
  UntrustedError,
} from './errors';
export { messageFor, type ErrorMessage, type NextStep } from './errorMessages';
export { bytesText, countText, timeText } from './quantities';
