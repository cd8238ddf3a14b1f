/** The interpreter of an environment with what test/requirements.txt names; made at the first call. */
export function python(log?: (line: string) => void): Promise<string>;
