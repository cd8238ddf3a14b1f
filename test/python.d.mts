/** The interpreter of an environment with what test/requirements.txt names; made at the first call. */
export function python(log?: (line: string) => void): Promise<string>;
/** The interpreter of an environment with these packages, a line each, as `quixstreams==3.0.0`. */
export function pythonWith(packages: string, log?: (line: string) => void): Promise<string>;
