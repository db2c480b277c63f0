// How a command is declared: citty's argument types, extended with what citty lacks. Everything about a command line is derived from declarations:
// strict reading, settings, help, the tables of the docs. They are plain data, so help and completion load nothing else.
import type { BooleanArgDef, CommandDef, EnumArgDef, PositionalArgDef, StringArgDef } from "citty";
import type { Context, CommandEnd } from "./context.ts";
import type { Line } from "./line.ts";

/** The groups in which help shows options, in this order. */
export type Group =
  | "input"
  | "process"
  | "endpoint"
  | "pace"
  | "stopping"
  | "resuming"
  | "output"
  | "everywhere";

/** How the text of a value is parsed (values.ts), which determines the type of the setting. */
export type ValueRule =
  /** Any non-empty text; "string" also allows an empty one. */
  | "text"
  | "string"
  /** A decimal number from 0. */
  | "decimal"
  /** A duration with a unit. The setting is in milliseconds and its name ends in `Ms`. */
  | "duration"
  | {
      readonly kind: "count";
      readonly min: number;
      readonly max?: number;
      readonly words?: readonly string[];
    }
  /** A size with a unit. The setting is in bytes and its name ends in `Bytes`. */
  | { readonly kind: "size"; readonly max: number };

/** What completion offers for a value (lib/cli/completion). */
export type Completion =
  | FixedCompletion
  /** The one only where that option stands on the line; else nothing. */
  | { readonly onlyWith: string; readonly complete: FixedCompletion };

export type FixedCompletion =
  /** Nothing: a number, a time, a name of the user's own. */
  | "none"
  | "file"
  | "folder"
  /** The name of a backup, or also the folder of one from elsewhere. */
  | "backup"
  | "backup-or-folder"
  /** What results are read from: a backup, a folder, or an output file. */
  | "results"
  /** The number of a shard in the folder. */
  | "shard"
  /** The id of an item that has a result. */
  | "item"
  /** A field of the input that is named on the line. */
  | "field"
  /** A field of the file that `--import` names. */
  | "import-field"
  /** A text in which such fields are filled in; or also `@FILE`. */
  | "template"
  | "template-or-file"
  /** Files with one of these extensions, where there are any. */
  | { readonly extensions: readonly string[] }
  /** Fixed words. `list`: several of them, with commas between. */
  | { readonly words: readonly string[]; readonly list?: true };

type Texts = {
  /** English text, under citty's key. */
  readonly description: string;
  readonly zh: string;
};

type Option = Texts & {
  /** The group in help; without it, the command's own options. */
  readonly group?: Group;
  /** Has an effect only together with all of these: names of options, `a|b` for any of several, or `--` for a command after `--`. */
  readonly needs?: readonly string[];
  /** Must not be combined with any of these: names of options, or `--`. */
  readonly excludes?: readonly string[];
  /** It applies to one start only: it is not recorded for `ckpt run` without arguments. */
  readonly once?: true;
  /** Its value is never shown, recorded or read from a settings file. */
  readonly secret?: true;
};

type Repeatable = {
  /** May be given more than once; the setting is an array of all values. */
  readonly repeat?: true;
};

/** Whatever takes a value says what completes it; the words of an enum do so by themselves. */
type Valued = Repeatable & { readonly complete: Completion };

export type BooleanArgument = Readonly<Omit<BooleanArgDef, "type" | "default" | "description">> &
  Option & {
    readonly type: "boolean";
    /** Chinese text of `--no-NAME`. The form exists only with `negativeDescription`, the English text. */
    readonly negativeZh?: string;
  };
export type StringArgument = Readonly<Omit<StringArgDef, "type" | "description" | "valueHint">> &
  Option &
  Valued & {
    readonly type: "string";
    readonly valueHint: string;
    readonly value: ValueRule;
    /** Keys of a table that may stand for the value in a settings file: `key = "value"` is `key=value`, with commas between. */
    readonly table?: readonly string[];
  };
export type EnumArgument = Readonly<Omit<EnumArgDef, "type" | "options" | "description">> &
  Option &
  Repeatable & { readonly type: "enum"; readonly options: readonly string[] };
export type PositionalArgument = Readonly<Omit<PositionalArgDef, "type" | "description" | "valueHint">> &
  Texts &
  Valued & { readonly type: "positional"; readonly valueHint: string };

export type Argument = BooleanArgument | StringArgument | EnumArgument | PositionalArgument;
/** Arguments by the name of the option (without `--`); positional ones by the name of the setting. */
export type ArgumentSet = { readonly [name: string]: Argument };

type Camel<S extends string> = S extends `${infer Head}-${infer Tail}`
  ? `${Head}${Capitalize<Camel<Tail>>}`
  : S;
type Unit<A> = A extends { readonly value: "duration" }
  ? "Ms"
  : A extends { readonly value: { readonly kind: "size" } }
    ? "Bytes"
    : "";

type Read<A> = A extends { readonly type: "enum"; readonly options: readonly (infer T)[] }
  ? T
  : A extends { readonly value: "decimal" | "duration" | { readonly kind: "size" } }
    ? number
    : A extends { readonly value: { readonly kind: "count"; readonly words: readonly (infer W)[] } }
      ? number | W
      : A extends { readonly value: { readonly kind: "count" } }
        ? number
        : string;

type Setting<A> = A extends { readonly type: "boolean" }
  ? A extends { readonly negativeDescription: string }
    ? boolean | null
    : boolean
  : A extends { readonly repeat: true }
    ? readonly Read<A>[]
    : A extends { readonly default: string } | { readonly type: "positional"; readonly required: true }
      ? Read<A>
      : Read<A> | null;

/** The settings of a set of arguments, with camelCase names: `--max-time 5m` is `maxTimeMs: 300_000`. Null: not given, and without a default. */
export type SettingsOf<T extends ArgumentSet> = {
  readonly [K in keyof T & string as `${Camel<K>}${Unit<T[K]>}`]: Setting<T[K]>;
};

/** The arguments of one call of a command. */
export type Invocation<T extends ArgumentSet> = {
  readonly settings: SettingsOf<T>;
  /** Everything after `--`; null without `--`. */
  readonly rest: readonly string[] | null;
  /** The words after the command's name, as typed. */
  readonly words: readonly string[];
  /** The same, parsed. */
  readonly typed: Line;
  /** Names of options in the settings file that have no effect because of what was typed. */
  readonly dropped: readonly string[];
};

type Rest = { readonly valueHint: string; readonly description: string; readonly zh: string };
type Example = { readonly line: string; readonly description: string; readonly zh: string };

export type CommandDeclaration<T extends ArgumentSet> = {
  readonly meta: { readonly name: string; readonly description: string; readonly zh: string };
  readonly args: T;
  /** What comes after `--`; without this key, `--` is refused. */
  readonly rest?: Rest;
  readonly examples: readonly Example[];
  /** Whether a line is only a part of what is to be run: the rest is on record, and what an option needs may be there. `run` reads the whole line again. */
  isPartial?(line: Line): boolean;
  /** A method, so that a declaration with its own settings type is assignable to `Command`. */
  run(invocation: Invocation<T>, context: Context): Promise<CommandEnd> | CommandEnd;
};

/** A command as seen from outside: its settings are typed only inside its own file. */
export type Command = Omit<CommandDeclaration<ArgumentSet>, "run"> & {
  run(invocation: Invocation<ArgumentSet>, context: Context): Promise<CommandEnd> | CommandEnd;
};

/** Declares a command. `args` determines the type of the settings that `run` gets. */
export function declareCommand<const T extends ArgumentSet>(declaration: CommandDeclaration<T>): Command {
  return declaration;
}

/** The declaration in citty's form. @param run called by citty with the values it has read */
export function cittyCommand(
  { meta, args }: Pick<Command, "meta" | "args">,
  run: NonNullable<CommandDef["run"]>,
): CommandDef {
  return {
    meta: { name: meta.name, description: meta.description },
    args: args as NonNullable<CommandDef["args"]>,
    run,
  };
}

/** Whether `--no-NAME` exists. */
export function hasNegative(argument: Argument): argument is BooleanArgument {
  return argument.type === "boolean" && argument.negativeDescription !== undefined;
}

/** All option names: `--name`, and `--no-name` where it exists. */
export function optionNames(args: ArgumentSet): string[] {
  return Object.entries(args).flatMap(([name, argument]) => {
    if (argument.type === "positional") return [];
    return hasNegative(argument) ? [`--${name}`, `--no-${name}`] : [`--${name}`];
  });
}
