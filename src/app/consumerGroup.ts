import { resolveArgument, type ApplicationCode } from './applicationCode';
import type { RunConfiguration } from './runConfiguration';
import type { Environment } from './variables';

/** The library's own, where nothing names another (quixstreams/app.py). */
export const defaultGroup = 'quixstreams-default';

/**
 * The consumer group that an app's configuration, code or variables name, in that order; undefined where they name none,
 * or only running the code tells.
 */
export function consumerGroupOf(
  code: ApplicationCode,
  environment: Environment,
  configuration: RunConfiguration = {},
): string | undefined {
  return (
    configuration.consumerGroup ??
    resolveArgument(code.consumerGroup, environment) ??
    environment['Quix__Consumer_Group']
  );
}
