/** `{{ NAME }}`: it stands for a value of `.quix.yaml.variables`; unquoted it is no YAML. */
export const placeholder = /\{\{[^\S\r\n]*([\w.-]+)[^\S\r\n]*\}\}/g;
