// A pickle (Python's pickletools.py): opcodes, each one byte and its argument, up to STOP.
//
//   protocol 0   arguments are text up to a line break      I42\n  Vtext\n  cmodule\nname\n
//   protocol 1   binary arguments, little-endian            K u8   X u32 length | UTF-8
//   protocol 2   begins with 80 02; long ints, __new__      8a u8 length | two's complement
//   protocol 3   bytes                                      C u8 length | bytes
//   protocol 4   frames, sets, 64-bit lengths               95 u64 length of a frame; 8c u8 length | UTF-8
//   protocol 5   bytearrays and buffers                     96 u64 length | bytes
//
// Frames only say how far to read ahead, so they are passed over. Doubles (G) alone are big-endian.

const table = [
  ['(', 'MARK'],
  ['.', 'STOP'],
  ['0', 'POP'],
  ['1', 'POP_MARK'],
  ['2', 'DUP'],
  ['F', 'FLOAT'],
  ['I', 'INT'],
  ['J', 'BININT'],
  ['K', 'BININT1'],
  ['L', 'LONG'],
  ['M', 'BININT2'],
  ['N', 'NONE'],
  ['P', 'PERSID'],
  ['Q', 'BINPERSID'],
  ['R', 'REDUCE'],
  ['S', 'STRING'],
  ['T', 'BINSTRING'],
  ['U', 'SHORT_BINSTRING'],
  ['V', 'UNICODE'],
  ['X', 'BINUNICODE'],
  ['a', 'APPEND'],
  ['b', 'BUILD'],
  ['c', 'GLOBAL'],
  ['d', 'DICT'],
  ['}', 'EMPTY_DICT'],
  ['e', 'APPENDS'],
  ['g', 'GET'],
  ['h', 'BINGET'],
  ['i', 'INST'],
  ['j', 'LONG_BINGET'],
  ['l', 'LIST'],
  [']', 'EMPTY_LIST'],
  ['o', 'OBJ'],
  ['p', 'PUT'],
  ['q', 'BINPUT'],
  ['r', 'LONG_BINPUT'],
  ['s', 'SETITEM'],
  ['t', 'TUPLE'],
  [')', 'EMPTY_TUPLE'],
  ['u', 'SETITEMS'],
  ['G', 'BINFLOAT'],
  [0x80, 'PROTO'],
  [0x81, 'NEWOBJ'],
  [0x82, 'EXT1'],
  [0x83, 'EXT2'],
  [0x84, 'EXT4'],
  [0x85, 'TUPLE1'],
  [0x86, 'TUPLE2'],
  [0x87, 'TUPLE3'],
  [0x88, 'NEWTRUE'],
  [0x89, 'NEWFALSE'],
  [0x8a, 'LONG1'],
  [0x8b, 'LONG4'],
  ['B', 'BINBYTES'],
  ['C', 'SHORT_BINBYTES'],
  [0x8c, 'SHORT_BINUNICODE'],
  [0x8d, 'BINUNICODE8'],
  [0x8e, 'BINBYTES8'],
  [0x8f, 'EMPTY_SET'],
  [0x90, 'ADDITEMS'],
  [0x91, 'FROZENSET'],
  [0x92, 'NEWOBJ_EX'],
  [0x93, 'STACK_GLOBAL'],
  [0x94, 'MEMOIZE'],
  [0x95, 'FRAME'],
  [0x96, 'BYTEARRAY8'],
  [0x97, 'NEXT_BUFFER'],
  [0x98, 'READONLY_BUFFER'],
] as const;

export type Opcode = (typeof table)[number][1];

/** Opcodes by their byte. */
export const opcodes: ReadonlyMap<number, Opcode> = new Map(
  table.map(([code, name]) => [typeof code === 'string' ? code.charCodeAt(0) : code, name]),
);

export const highestProtocol = 5;
