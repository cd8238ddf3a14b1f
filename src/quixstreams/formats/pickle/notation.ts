import { Call, Dict, Sequence, type PythonValue } from '../pythonValue';
import { builtinNotation } from './builtinClasses';
import { datetimeNotation } from './datetimeClasses';
import { Instance } from './instance';
import { libraryNotation } from './libraryClasses';
import { numpyNotation } from './numpyClasses';
import { pandasNotation } from './pandasClasses';

/** Modules whose classes print themselves without the module's name. */
const bare = new Set(['builtins', 'collections', 'decimal', 'fractions', 'ipaddress', 'uuid']);

/**
 * An instance in Python's notation: those that everybody knows as they print themselves, all others as the call that
 * would make them, their attributes as named arguments: `app.Point(x=1, y=2)`.
 */
export function notationOf(instance: Instance): PythonValue {
  const path = instance.path ?? '';
  return (
    builtinNotation(path, instance) ??
    datetimeNotation(path, instance) ??
    libraryNotation(path, instance) ??
    numpyNotation(path, instance) ??
    pandasNotation(path, instance) ??
    asCall(instance)
  );
}

function asCall(instance: Instance): Call {
  const args = [...instance.args];
  let named = instance.named;
  if (instance.items.length > 0) args.push(new Sequence('list', instance.items));
  if (instance.entries.length > 0) args.push(new Dict(instance.entries));
  let then: Call | undefined;
  for (const state of [...instance.states].reverse()) {
    const attributes = attributesOf(state);
    if (attributes) named = [...named, ...attributes];
    else then = new Call('.__setstate__', [state], [], then);
  }
  return new Call(calleeText(instance), args, named, then);
}

/** What was called; where that came of a call itself, that call's callee. */
function calleeText(instance: Instance): string {
  let { callee } = instance;
  let calls = '';
  for (; callee instanceof Instance && calls.length < 50; callee = callee.callee) calls += '(...)';
  if (callee instanceof Instance) return `...${calls}`;
  return (bare.has(callee.module) ? callee.name : callee.path) + calls;
}

/** The attributes that a state sets: a dict, or None or a dict and a dict of slots; undefined for any other state. */
function attributesOf(state: PythonValue): [string, PythonValue][] | undefined {
  if (state instanceof Sequence && state.kind === 'tuple' && state.items.length === 2) {
    const [dict, slots] = state.items;
    if (!(slots instanceof Dict) || !(dict === null || dict instanceof Dict)) return undefined;
    const inDict = dict === null ? [] : attributesOf(dict);
    const inSlots = attributesOf(slots);
    return inDict && inSlots && [...inDict, ...inSlots];
  }
  if (!(state instanceof Dict)) return undefined;
  const attributes: [string, PythonValue][] = [];
  for (const [name, value] of state.entries) {
    if (typeof name !== 'string' || !/^[\p{L}_][\p{L}\p{N}_]*$/u.test(name)) return undefined;
    attributes.push([name, value]);
  }
  return attributes;
}
